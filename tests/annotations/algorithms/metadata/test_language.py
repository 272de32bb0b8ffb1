from annotations.algorithms.metadata import language

ENGLISH = "The ferry left the harbour at noon, and nobody on the shore looked after it for long."
GERMAN = "Die Fähre verließ den Hafen am Mittag, und niemand am Ufer sah ihr lange nach."
RUSSIAN = "Паром вышел из гавани в полдень, и никто на берегу долго не смотрел ему вслед."
CHINESE = "渡轮中午离开港口，岸上没有人长时间目送它离去。" * 3
LOUD = ENGLISH.upper()


def test_many_texts_are_told_as_each_alone_is():
    told = [ENGLISH, "Too short.", GERMAN, "", RUSSIAN, CHINESE, LOUD, "1234 " * 30]
    texts = [text * times for times in (1, 2, 5, 9) for text in told]
    assert len(texts) > language._FEW

    assert language.of_each(texts) == [language.of(text) for text in texts]
    assert language.of_each(texts)[:7] == ["en", None, "de", None, "ru", "zh", "en"]


def test_few_texts_are_told_too():
    assert language.of_each([GERMAN, "Too short."]) == ["de", None]
    assert language.of_each([]) == []


def test_more_texts_than_are_walked_through_abreast(monkeypatch):
    monkeypatch.setattr(language, "_ABREAST", 20)
    texts = [ENGLISH, GERMAN] * 30
    assert language.of_each(texts) == ["en", "de"] * 30
