/**
 * Shapes that the coding modules share. Nothing here runs.
 *
 * "Units" are UTF-16 code units, the only counting the browser knows; they never leave it.
 * What travels to and from the server counts code points and is called a wire shape.
 *
 * @typedef {{start: number, end: number}} Extent
 *   Half-open, in units of the whole text.
 *
 * @typedef {{start: number, end: number, edge: "start" | "end"}} Selection
 *   What is selected, and which of its edges the Shift keys move.
 *
 * @typedef {{name: string, value: string}} Attribute
 * @typedef {{name: string, target: string}} Link
 *
 * @typedef {object} Span
 * @property {string} id
 * @property {number} rev
 * @property {number} start
 * @property {number} end
 * @property {string} label
 * @property {string} quote
 * @property {Attribute[]} attributes
 * @property {Link[]} links
 * @property {string} note
 * @property {Source} [source] set where a suggestion was accepted
 *
 * @typedef {{origin: string, suggestion: string}} Source
 * @typedef {Omit<Span, "rev" | "source"> & {origin: string}} Suggestion
 *
 * @typedef {object} Op
 * @property {string} op_id
 * @property {number} seq
 * @property {"create" | "update" | "delete" | "flag" | "note" | "refuse" | "restore"} type
 * @property {string} [span_id]
 * @property {number} [base_rev]
 * @property {string} [label]
 * @property {number} [start]
 * @property {number} [end]
 * @property {string} [quote]
 * @property {Attribute[]} [attributes]
 * @property {Link[]} [links]
 * @property {string} [note]
 * @property {string} [reason]
 * @property {Source} [source]
 * @property {string} [client_time]
 *
 * @typedef {Omit<Op, "op_id" | "seq" | "client_time">} OpDraft
 *
 * @typedef {object} OpResult
 * @property {string} op_id
 * @property {"applied" | "duplicate" | "conflict" | "gone" | "invalid"} status
 * @property {"applied" | "conflict" | "gone" | "invalid"} [first] how a duplicate went at first
 * @property {Span | null} [span]
 * @property {string | {code?: string, detail?: string} | null} [error]
 *
 * @typedef {object} OpsAnswer
 * @property {number} doc_rev
 * @property {OpResult[]} results
 * @property {{rev: number, span_id: string, span: Span | null, client_id: string | null}[]} changes
 * @property {string[]} [refused] where suggestions are shown
 *
 * @typedef {{op: Op, status: string, detail: string}} Rejected
 *   An op that the server would not take, kept until its author puts it away.
 *
 * @typedef {{name: string, type?: string, values?: string[], required?: boolean}} AttributeDeclaration
 * @typedef {{name: string, targets?: string[], single?: boolean, required?: boolean}} LinkDeclaration
 *
 * @typedef {object} Label
 * @property {string} key
 * @property {string} name
 * @property {string} colour
 * @property {string} hotkey
 * @property {string} definition
 * @property {string | string[]} include
 * @property {string | string[]} exclude
 * @property {(string | {text?: string, note?: string})[]} examples
 * @property {AttributeDeclaration[]} attributes
 * @property {LinkDeclaration[]} links
 * @property {boolean} retired
 *
 * @typedef {object} Assignment
 * @property {string} id
 * @property {string} state
 * @property {number} doc_rev
 * @property {{id: string, text: string, text_sha256: string, zones: {start: number, end: number, kind: string}[]}} article
 * @property {{version: number, labels: Label[]}} codebook
 * @property {Span[]} spans
 * @property {Suggestion[]} suggestions
 * @property {string[]} refused ids of suggestions
 * @property {[number, number][]} tokens
 * @property {[number, number][]} sentences
 * @property {string} [flag] why the article is flagged, empty if it is not
 *
 * @typedef {object} TextModel
 * @property {string} text
 * @property {Extent[]} tokens
 * @property {Extent[]} sentences
 * @property {Extent[]} paragraphs
 * @property {Extent[]} boilerplate
 *
 * @typedef {object} Ruling
 * @property {string} id empty until the server has it
 * @property {string} outcome
 * @property {string | null} coder
 * @property {Span[]} spans
 * @property {string} reason
 * @property {string} note
 * @property {string} rule
 * @property {number | null} confidence in percent
 * @property {string | null} by
 * @property {boolean} automatic
 * @property {boolean} stale
 *
 * @typedef {object} Card
 * @property {string} id
 * @property {string} kind
 * @property {number} start
 * @property {number} end
 * @property {{coder: string, spans: Span[]}[]} candidates
 * @property {Ruling | null} decision
 * @property {number} remarks how many adjudicators have made
 *
 * @typedef {object} Disputes
 * @property {string} id
 * @property {number} version
 * @property {string} state
 * @property {{id: string, text: string, zones: {start: number, end: number, kind: string}[]}} article
 * @property {{version: number, labels: Label[]}} codebook
 * @property {string[]} coders
 * @property {Card[]} cards
 * @property {{decision: Ruling}[]} added
 * @property {Span[]} gold
 * @property {[number, number][]} tokens
 */

export {};
