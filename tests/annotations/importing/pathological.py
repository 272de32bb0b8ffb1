"""Files within every bound that make a careless reader go over the same thing again and again.

Each is a function of ``n``, and gives files by name. What a reader does for twice the ``n`` must
be about twice as much.
"""

import io
import json
import random

import pyarrow
from pyarrow import parquet

from tests.annotations.importing.bombs import workbook
from tests.annotations.importing.files import zipped

Files = dict[str, bytes]

_CAS = (
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" '
    'xmlns:c="http:///custom.ecore">'
)
_TSV = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|value\n\n"


def record(text: str, **fields) -> Files:
    return {"a.jsonl": json.dumps({"text": text, **fields}).encode()}


def spans_in_many_zones(n: int) -> Files:
    text = "Anna spoke. " * n
    zones = [{"start": at, "end": at + 1, "kind": "boilerplate"} for at in range(0, 12 * n, 12)]
    spans = [{"start": at, "end": at + 4, "label": "actor"} for at in range(0, 12 * n, 12)]
    return record(text, zones=zones, spans=spans)


def links_in_a_ring(n: int) -> Files:
    spans = [
        {
            "id": str(number),
            "start": 0,
            "end": 4,
            "label": "actor",
            "links": [{"name": "next", "target": str((number + 1) % n)}],
        }
        for number in range(n)
    ]
    return record("Anna", spans=spans)


def line_ends_of_another_system(n: int) -> Files:
    text = "Anna spoke.\r\n" * n
    spans = [{"start": at, "end": at + 4, "label": "actor"} for at in range(0, 13 * n, 13)]
    return record(text, codings=[{"coder": "a", "spans": spans}])


def many_coders(n: int) -> Files:
    codings = [{"coder": f"coder {number}", "spans": []} for number in range(min(n, 900))]
    return record("Anna spoke. " * n, codings=codings)


def escapes(n: int) -> Files:
    return {"a.jsonl": b'{"text":"Anna' + rb"\\\"\n\u00e9" * n + b'"}'}


def many_records(n: int) -> Files:
    lines = (json.dumps({"text": f"Anna spoke {number} times."}) for number in range(n))
    return {"a.jsonl": "\n".join(lines).encode()}


def lines_in_utf_16(n: int) -> Files:
    return {"a.jsonl": ('{"text":"Anna spoke."}\n' * n).encode("utf-16")}


def tasks_of_label_studio(n: int) -> Files:
    region = {"type": "labels", "value": {"start": 0, "end": 4, "labels": ["actor"]}}
    results = [{**region, "id": f"r{number}"} for number in range(n)]
    results += [
        {"type": "relation", "from_id": f"r{number}", "to_id": "r0"} for number in range(n)
    ]
    task = {"data": {"text": "Anna spoke."}, "annotations": [{"result": results}]}
    return {"a.json": json.dumps([task]).encode()}


def relations_of_doccano(n: int) -> Files:
    entities = [
        {"id": number, "label": "actor", "start_offset": 0, "end_offset": 4} for number in range(n)
    ]
    relations = [{"id": 1, "from_id": number, "to_id": 0, "type": "of"} for number in range(n)]
    line = {"entities": entities, "text": "Anna spoke.", "relations": relations}
    first = b'{"text":"Anna","label":[]}\n'
    return {"a.jsonl": first + json.dumps(line).encode()}


def notes_of_brat(n: int) -> Files:
    lines = ["T1\tactor 0 4\tAnna", *(f"#{at}\tAnnotatorNotes T1\tnote" for at in range(n))]
    return {"a.txt": b"Anna spoke.", "a.ann": "\n".join(lines).encode()}


def events_of_brat(n: int) -> Files:
    spans = [f"T{at}\tactor 0 4\tAnna" for at in range(n)]
    events = [f"E{at}\tactor:T{at} of:E{(at + 1) % n}" for at in range(n)]
    return {"a.txt": b"Anna spoke.", "a.ann": "\n".join(spans + events).encode()}


def colons_of_brat(n: int) -> Files:
    lines = ["T1\tactor 0 4\tAnna", "E1\tactor:T1" + " a:b:c" * n + " !"]
    return {"a.txt": b"Anna spoke.", "a.ann": "\n".join(lines).encode()}


def text_of_brat_beyond_ascii(n: int) -> Files:
    spans = [f"T{at}\tactor {at * 3} {at * 3 + 2}\t😀" for at in range(n)]
    return {"a.txt": ("😀 " * n).encode(), "a.ann": "\n".join(spans).encode()}


def words_of_conll(n: int) -> Files:
    return {"a.conll": b"Anna B-actor\nspoke O\n\n" * n}


def documents_of_conll(n: int) -> Files:
    return {"a.conll": b"-DOCSTART- O\n\nAnna B-actor\n\n" * n}


def sentences_of_webanno(n: int) -> Files:
    lines = [_TSV]
    for at in range(n):
        lines.append(f"#Text=Anna\n{at + 1}-1\t{at * 5}-{at * 5 + 4}\tAnna\tactor\t\n\n")
    return {"a.tsv": "".join(lines).encode()}


def lines_of_one_sentence(n: int) -> Files:
    return {"a.tsv": (_TSV + "#Text=Anna\n" * n + "1-1\t0-4\tAnna\t_\t\n").encode()}


def one_span_over_all_words(n: int) -> Files:
    words = [f"1-{at + 1}\t{at * 5}-{at * 5 + 4}\tAnna\tactor[1]\t\n" for at in range(n)]
    return {"a.tsv": (_TSV + f"#Text={'Anna ' * n}\n" + "".join(words)).encode()}


def annotations_of_a_cas(n: int) -> Files:
    spans = "".join(
        f'<c:Span xmi:id="{at + 9}" sofa="1" begin="0" end="4" value="actor"/>' for at in range(n)
    )
    sofa = '<cas:Sofa xmi:id="1" sofaString="Anna spoke."/>'
    return {"a.xmi": f"{_CAS}{sofa}{spans}</xmi:XMI>".encode()}


def a_tag_that_goes_on(n: int) -> Files:
    return {"a.xmi": f'{_CAS}<cas:Sofa xmi:id="1" sofaString="{"Anna " * n}"/></xmi:XMI>'.encode()}


def type_systems(n: int) -> Files:
    sofa = '<cas:Sofa xmi:id="1" sofaString="Anna spoke."/>'
    cas = f"{_CAS}{sofa}</xmi:XMI>".encode()
    system = b"<typeSystemDescription/>"
    folders = [(f"annotation/{at}.txt", at) for at in range(n)]
    members = [(f"{folder}/coder.xmi", cas) for folder, _ in folders]
    members += [(f"{folder}/TypeSystem.xml", system) for folder, _ in folders]
    return {"a.zip": zipped(*members)}


def small_members(n: int) -> Files:
    return {"a.zip": zipped(*((f"{at % 97}/{at}.txt", b"Anna spoke.") for at in range(n)))}


def rows_of_a_table(n: int) -> Files:
    return {"a.csv": b"text,date\n" + b'"Anna\nspoke, and left.",2024\n' * n}


def quotes_of_a_table(n: int) -> Files:
    return {"a.csv": b'text\n"Anna' + b'""' * n + b'"\n'}


def rows_of_a_workbook(n: int) -> Files:
    header = b'<row><c t="inlineStr"><is><t>text</t></is></c></row>'
    rows = (b'<row><c t="s"><v>%d</v></c></row>' % at for at in range(n))
    shared = (b"<si><t>Anna spoke %d times.</t></si>" % at for at in range(n))
    return {"a.xlsx": workbook([header, *rows], shared)}


def rows_of_parquet(n: int) -> Files:
    data = io.BytesIO()
    texts = [f"Anna spoke {at} times." for at in range(n)]
    parquet.write_table(pyarrow.table({"text": texts, "n": list(range(n))}), data)
    return {"a.parquet": data.getvalue()}


def letters_of_another_alphabet(n: int) -> Files:
    words = ["Анна", "сказала", "что", "дорога", "закрыта", "вчера", "утром"]
    text = " ".join(random.Random(1).choices(words, k=n))
    return {"a.txt": text.encode("cp1251")}


def tags_of_a_page(n: int) -> Files:
    return {"a.html": b"<body>" + b"<div><p>Anna spoke of the road.</p></div>" * n}


def comments_that_nobody_ends(n: int) -> Files:
    return {"a.html": b"<body>" + b"<!-- <script> " * n}


#: With an ``n`` that takes a few tenths of a second, and no bound is met at twice as much.
TABLE = {
    spans_in_many_zones: 8_000,
    links_in_a_ring: 8_000,
    line_ends_of_another_system: 9_000,
    many_coders: 150_000,
    escapes: 300_000,
    many_records: 15_000,
    lines_in_utf_16: 15_000,
    tasks_of_label_studio: 6_000,
    relations_of_doccano: 7_000,
    notes_of_brat: 45_000,
    events_of_brat: 9_000,
    colons_of_brat: 80_000,
    text_of_brat_beyond_ascii: 9_000,
    words_of_conll: 9_000,
    documents_of_conll: 6_000,
    sentences_of_webanno: 9_000,
    lines_of_one_sentence: 140_000,
    one_span_over_all_words: 50_000,
    annotations_of_a_cas: 9_000,
    a_tag_that_goes_on: 350_000,
    type_systems: 1_500,
    small_members: 3_000,
    rows_of_a_table: 20_000,
    quotes_of_a_table: 1_000_000,
    rows_of_a_workbook: 6_000,
    rows_of_parquet: 20_000,
    letters_of_another_alphabet: 200_000,
    tags_of_a_page: 1_200,
    comments_that_nobody_ends: 4_500,
}
