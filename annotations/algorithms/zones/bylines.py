"""Who wrote it: bylines, credits and the captions of pictures."""

import re

from annotations.algorithms import dates

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĞĢĦĪĬĮİŁŃŅŇŌŎŐŒŔŘŚŜŞŠŢŤŪŬŮŰŲŹŻŽƏА-ЯЁЄІЇҐԱ-ՖΑ-Ω"
_NAME_WORD = (
    rf"(?:[{_UPPER}][\w’'.-]*|de|del|della|di|da|dos|van|von|der|den|el|al|bin|ibn|la|le|du)"
)
_NAME = rf"[{_UPPER}][\w’'.-]*(?:[ \xa0]+{_NAME_WORD}){{0,4}}"
_AND = r"(?:,|&|\b(?:and|und|et|y|e|и|və|ve|en)\b)"
NAMES = rf"{_NAME}(?:\s*{_AND}\s*{_NAME}){{0,5}}"
_LED_BY = (
    r"(?:by|written by|reported by|words by|story by|reporting by|published by|posted by|author|"
    r"authors|writer|reporter|par|por|de nuestro.{0,20}|von|text|texte|texto|testo|di|door|autor|"
    r"autora|autorin|auteur|autore|tekst|автор|авторы|автори|текст|yazan|yazar|müəllif|"
    r"հեղինակ|بقلم|كتب|کتاب|oleh|penulis|na|mwandishi|作者|记者|文|記者|기자)"
)
_BYLINE = re.compile(rf"{_LED_BY}\s*[:：]?\s+({NAMES})(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_LABELLED = re.compile(
    r"(?:author|by|autor|auteur|автор|müəllif|yazar|作者|记者|記者|بقلم|كتب)\s*[:：]\s*"
    r"(?P<names>[^.:：]{2,60})",
    re.IGNORECASE,
)
_EXACT_NAMES = re.compile(NAMES)
_ROLE = re.compile(
    r"\b(?:staff|senior|special|chief|political|our)?\s*(?:writer|reporter|correspondent|editor|"
    r"editor-in-chief|bureau|desk|newsroom|contributor|columnist|agency|agencies|redaktion|"
    r"rédaction|redacción|redação|redazione|redactie|редакция|muhabir\w*)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:[(\[]\s*)?(?:source|sources|origin|via|with (?:additional )?reporting (?:by|from)|"
    r"(?:additional )?reporting by|edited by|editing by|translated by|translation|"
    r"with (?:information|material) from|reporting from|"
    r"quelle|quellen|source\s?:|fuente|fuentes|fonte|fonti|bron|"
    r"źródło|источник|источники|джерело|kaynak|mənbə|աղբյուր|المصدر|منبع|sumber|chanzo|来源|出典|출처)"
    r"\s*(?:[:–—-]|\bby\b|\bfrom\b|(?<=by)|(?<=from))\s*.{1,120}",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"[(\[/–—-]?\s*(?:reuters|afp|ap|dpa|efe|ansa|tass|interfax|itar-tass|upi|xinhua|anadolu(?: "
    r"agency)?|aa|pa|apa|pti|ians|kyodo|lusa|belga|anp|tt|ntb|ria novosti|armenpress|azertac|"
    r"bloomberg|associated press|agence france-presse|press association|getty(?: images)?|epa|"
    r"shutterstock|wam|irna|azertac|report|trend|turan)"
    r"(?:\s*[,/]\s*[\w .-]{1,40})?\s*[)\]/]?",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:[(\[]\s*)?(?:(?:file |archive )?photo(?:graph)?s?|image|picture|pic|illustration|graphic|"
    r"foto|fotos|imagen|imagem|immagine|bild|afbeelding|zdjęcie|фото|фотография|fotoğraf|şəkil|"
    r"լուսանկար(?:ը)?|الصورة|صورة|عکس|图|照片|写真|사진)"
    r"(?: (?:credit|by|courtesy(?: of)?|source|de|di|von|caption))?\s*[:/©–—-].{1,300}|"
    r"[(\[](?:photo|image|picture|foto|фото)\b.{1,200}[)\]]",
    re.IGNORECASE,
)
_ENDS_IN_CREDIT = re.compile(
    r".{3,250}[(\[](?:file )?(?:photo|image|foto|фото)[^)\]]{0,80}[)\]]", re.IGNORECASE
)


def names_in(line: str) -> list[str]:
    """Return the people whom a byline names, or nobody if it is none."""
    if len(line) > 200:
        return []
    if found := _LABELLED.match(line):
        return _split(found["names"])
    found = _BYLINE.match(line)
    # Names begin with capitals, whatever the case of the words that lead to them.
    start = found and _EXACT_NAMES.match(line, found.start(1))
    if not start:
        return []
    rest = dates.remainder(line[start.end() :]).strip(" ,|/·-–—")
    if (
        rest
        and not _ROLE.search(rest)
        and line[start.end() :].lstrip()[:1] not in {"|", ",", "/", "("}
    ):
        return []
    return _split(start.group())


def is_byline(line: str) -> bool:
    """Say whether a line tells who wrote the article."""
    if len(line) > 200:
        return False
    return bool(names_in(line)) or (
        _ROLE.search(line) is not None
        and len(line) <= 60
        and not line.endswith((".", "?", "!"))
        and len(line.split()) <= 5
    )


def is_name(line: str) -> bool:
    """Say whether a line is one or more names of two words and more, and nothing else."""
    return len(line) <= 80 and " " in line and _EXACT_NAMES.fullmatch(line) is not None


def is_person(line: str) -> bool:
    """Say whether a line is somebody's name, and no agency's or desk's."""
    return is_name(line) and not _ROLE.search(line)


def is_credit(line: str) -> bool:
    """Say whether a line names the agency or the source of an article."""
    if len(line) > 160:
        return False
    return _CREDIT.fullmatch(line) is not None or _AGENCY.fullmatch(line) is not None


def is_caption(line: str) -> bool:
    """Say whether a line says outright that it belongs to a picture."""
    if len(line) > 300:
        return False
    ends_so = line.endswith((")", "]")) and _ENDS_IN_CREDIT.fullmatch(line) is not None
    return ends_so or _CAPTION.fullmatch(line) is not None


def _split(names: str) -> list[str]:
    parts = re.split(r"\s*(?:,|&|\s(?:and|und|et|y|e|и|və|ve|en)\s)\s*", names)
    cleaned = (dates.remainder(part).strip(" .,|/·-–—") for part in parts)
    return [name for name in cleaned if name and not _ROLE.fullmatch(name)]
