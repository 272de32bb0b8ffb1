import pytest

from annotations.importing import decoding
from annotations.importing.problems import Problem
from tests.annotations.importing.files import source

GERMAN = "Der Präsident sagte, die Gespräche würden fortgesetzt: „Wir müssen zügig handeln“."


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Peñalta — “sí”", "cp1252", "cp1252"),
        ("Café", "cp1252", "cp1252"),
        (GERMAN, "cp1252", "cp1252"),
        ("Le président l’a déclaré à l’issue de la réunion d’été.", "cp1252", "cp1252"),
        ("Prezydent oświadczył, że rozmowy będą kontynuowane.", "cp1250", "cp1250"),
        ("Türkiye Dışişleri Bakanlığı görüşmelerin süreceğini açıkladı.", "cp1254", "cp1254"),
        ("Глава ведомства заявил, что переговоры продолжатся.", "cp1251", "cp1251"),
        ("Глава ведомства заявил, что переговоры продолжатся.", "koi8-r", "koi8_r"),
        ("Ο υπουργός δήλωσε ότι οι συνομιλίες θα συνεχιστούν.", "cp1253", "cp1253"),
        ("قال الوزير إن المحادثات ستستمر الأسبوع المقبل في العاصمة.", "cp1256", "cp1256"),
        ("外交部长表示，谈判将于下周在首都继续进行。", "gb18030", "gb18030"),
        ("Ada 😀 Brandt", "utf-8", "utf-8"),
        ("Ada 😀 Brandt", "utf-8-sig", "utf-8"),
        ("Ada 😀 Brandt", "utf-16", "utf-16-le"),
        ("Ada 😀 Brandt in Velmora", "utf-16-be", "utf-16-be"),
        ("Ada 😀 Brandt", "utf-32", "utf-32-le"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_is_in(text, encoding, found):
    file = source(text.encode(encoding), "a.txt")
    assert decoding.text_of(file) == text
    assert file.encoding == found


def test_bytes_in_no_encoding_become_some_text_and_no_error():
    assert len(decoding.decode(b"\x81\x8d\x8f").text) == 3


def test_bytes_that_are_not_what_their_mark_says_are_refused():
    for data in (b"\xff\xfe\x00", b"\xff\xfe\x00\xd8"):
        with pytest.raises(Problem, match="not valid utf-16-le"):
            decoding.decode(data)


def test_a_page_is_believed_what_it_says_of_itself_only_where_it_fits():
    assert decoding.decode("Łódź".encode("iso-8859-2"), "iso-8859-2").text == "Łódź"
    assert decoding.decode("Łódź".encode(), "iso-8859-2").text == "Łódź"
    assert decoding.decode("Łódź".encode(), "no-such-thing").text == "Łódź"
