"""Words and sentences: the units that the caret, the snapping and the token formats share.

Words follow Unicode Standard Annex #29, with marks like the hyphen joining their neighbours.
ICU differs between browsers, so this is done once, here, and shipped with the article.
"""

from itertools import pairwise

import regex

from annotations.algorithms.text import paragraphs

VERSION = "words-2"
"""Changes whenever any text could be cut differently."""

_BOUNDARY = regex.compile(r"(?V1w)\b")
_WORD = regex.compile(r"[\p{L}\p{N}\p{Extended_Pictographic}]")
# Pairing flags back to front makes the boundary search quadratic in a run of them, so a flag
# is looked at as one emoji with a mark on it.
_FLAG = regex.compile(r"\p{Regional_Indicator}{1,2}")
_FLAG_STAND_IN = "☺\u0301"
_JOINERS = frozenset("-\u2010\u2011’'.·_@/&")
# Word boundaries leave format characters on the word beside them; no caret should see those.
_INVISIBLE = (
    "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)

# Possessive, and looked around by hand: a run of ten thousand dots stays linear.
_STOP = regex.compile(r"""[.!?…؟۔।॥]++["'’”»›)\]]*+|[。！？։׃]++[」』）”’»)]*+""")
_OPENERS = "\"'‘“«‹([„¿¡—–-"
_LAST_WORD = regex.compile(r"[\p{L}\p{M}\p{N}.’']*$")
_NEXT_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]*")
_LOOK_BACK = 24


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A full stop after these never ends a sentence: a name or a figure follows.
_TITLES = _listed(
    """mr mrs ms messrs mx dr drs prof rev fr hon pres gov sen rep amb gen lt col maj capt cmdr
    adm brig sgt cpl pvt supt insp det st mt ft vs cf al ca approx est fig vol pp ed eds viz
    e.g i.e
    г ул пр-т просп пер д кв с стр рис см ср проф акад доц им тов гр гос т.е т.н вул ім
    թ պրոֆ ակադ դոկտ"""
)
# These end one only if what follows is not a figure.
_COUNTED = _listed("jan feb mar apr jun jul aug sep sept oct nov dec no nos art sec ch p")
# These end one only if a word follows that seldom stands inside a name.
_CLOSING = _listed(
    """inc ltd co corp bros jr sr etc dept univ assn plc llc esq
    др пр т.д т.п гг вв руб коп тыс млн млрд обл р-н н.э"""
)
_STARTERS = _listed(
    """a after although an and as at because before both but by despite during earlier for from
    he her here his however i if in it its last later many meanwhile most no not on one our
    several she since so some still such that the their then there these they this those though
    to two under until we what when where which while who why with yet you
    а в во вместе все вы до для его ее если еще за затем и из их к как когда кроме мы на не но
    о об однако он она они от по позже после потом при с сейчас так также теперь там то тогда
    у что эта эти это этот я"""
)


def tokenize(text: str) -> list[tuple[int, int]]:
    """Return the words of a canonical text as ``[start, end)`` in order, none overlapping.

    A word holds a letter, a digit or an emoji; punctuation and white space lie between words.
    Words joined by ``- ’ ' . · _ @ / &`` with no space are one: “al-Shabaab’s”, “AU/UN”.
    No word crosses a line. Takes time linear in the text.
    """
    text = _FLAG.sub(lambda flag: _FLAG_STAND_IN[: len(flag[0])], text)
    words: list[tuple[int, int]] = []
    joined_at = -1
    start = 0
    for piece in _BOUNDARY.split(text):
        end = start + len(piece)
        # White space is most of what is no word, and quickly told.
        if piece.isalnum() or (not piece.isspace() and _WORD.search(piece)):
            left = start + len(piece) - len(piece.lstrip(_INVISIBLE))
            right = start + len(piece.rstrip(_INVISIBLE))
            if words and joined_at == start:
                words[-1] = (words[-1][0], right)
            else:
                words.append((left, right))
        elif piece in _JOINERS and words and words[-1][1] == start:
            joined_at = end
        start = end
    return words


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a canonical text as ``[start, end)`` in order, none overlapping.

    White space at both ends is left out; every other character of the text lies in exactly one
    sentence, and every word of ``tokenize`` wholly in one. No sentence crosses a line. A known
    abbreviation (“Dr.”, “U.S.”, “Jan.”) does not end one. Takes time linear in the text.
    """
    found = []
    for start, end in paragraphs(text):
        line = text[start:end]
        cuts = [0, *(stop.end() for stop in _STOP.finditer(line) if _ends(line, stop)), len(line)]
        for left, right in pairwise(cuts):
            piece = line[left:right]
            left += len(piece) - len(piece.lstrip())
            right -= len(piece) - len(piece.rstrip())
            if left < right:
                found.append((start + left, start + right))
    return found


def _ends(line: str, stop: regex.Match[str]) -> bool:
    if stop[0][0] in "。！？։׃":
        return True
    following = stop.end()
    if following == len(line) or not line[following].isspace():
        return False
    while following < len(line) and (line[following].isspace() or line[following] in _OPENERS):
        following += 1
    if following == len(line):
        return True
    if line[following].islower():
        return False
    return stop[0] != "." or _full_stop_ends(line, stop.start(), following)


def _full_stop_ends(line: str, at: int, following: int) -> bool:
    begin = max(0, at - _LOOK_BACK)
    word = _LAST_WORD.search(line[begin:at])[0].lstrip("’'")
    key = word.casefold()
    next_word = _NEXT_WORD.match(line[following : following + _LOOK_BACK])[0]
    is_first = begin == 0 and not line[: at - len(word)].strip()
    if is_first and key.isdigit():  # "1. A list"
        return False
    if len(word) == 1 and word.isalpha() and not word.islower():
        # An initial, in Arabic and Hebrew too, which have no capitals.
        return word == "I" and next_word.casefold() in _STARTERS
    if key in _TITLES:
        return False
    if key in _COUNTED:
        return not next_word[:1].isdigit()
    if key in _CLOSING or "." in word:
        return next_word.casefold() in _STARTERS
    return True
