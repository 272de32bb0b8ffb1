"""The numbers by which spaCy knows a string: a hash, but for the names of its own grammar."""

from functools import lru_cache

_FLAGS = (
    "ALPHA ASCII DIGIT LOWER PUNCT SPACE TITLE UPPER",
    "LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT"
    " IS_RIGHT_PUNCT IS_CURRENCY",
)
_ATTRIBUTES = (
    "ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE"
    " HEAD SENT_START SPACY PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON"
    " PROPN PUNCT SCONJ SYM VERB X EOL SPACE"
)
_NAMES = (
    "PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT"
    " MONEY QUANTITY ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc"
    " ccomp complm conj cop csubj csubjpass dep det dobj expl hmod hyph infmod intj iobj mark"
    " meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj obl parataxis partmod pcomp"
    " pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp acl ENT_KB_ID"
    " MORPH ENT_ID IDX _"
)
_OWN = (
    "",
    *(f"IS_{name}" for name in _FLAGS[0].split()),
    *_FLAGS[1].split(),
    *(f"FLAG{number}" for number in range(19, 64)),
    *_ATTRIBUTES.split(),
    *(f"DEPRECATED{number:03}" for number in range(1, 277)),
    *_NAMES.split(),
)
_SYMBOLS = {name: number for number, name in enumerate(_OWN)}
ORTH = _SYMBOLS["ORTH"]

_SEED = 1
_FACTOR = 0xC6A4A7935BD1E995
_MASK = 2**64 - 1


@lru_cache(maxsize=2**16)
def number(text: str) -> int:
    """Return a string's number: MurmurHash64A, or its place among spaCy's symbols."""
    return _SYMBOLS[text] if text in _SYMBOLS else _hashed(text.encode())


def _hashed(data: bytes) -> int:
    found = _SEED ^ (len(data) * _FACTOR & _MASK)
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        piece = int.from_bytes(data[at : at + 8], "little") * _FACTOR & _MASK
        piece = (piece ^ piece >> 47) * _FACTOR & _MASK
        found = (found ^ piece) * _FACTOR & _MASK
    if whole < len(data):
        found = (found ^ int.from_bytes(data[whole:], "little")) * _FACTOR & _MASK
    found = (found ^ found >> 47) * _FACTOR & _MASK
    return found ^ found >> 47
