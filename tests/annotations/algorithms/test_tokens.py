import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.text import canonical
from annotations.algorithms.tokens import sentences, tokenize

PIECES = """Dr. U.S. a The Baku … . ?! ” “ ’s - / @ 3 😀 é 🇦🇲 👨‍👩‍👧 漢字。 नमस्ते سلام؟"""
pieces = st.sampled_from([*PIECES.split(), " ", "\u00a0", "\n", "\u00ad", "\u200f", "e\u0301"])
texts = st.one_of(
    st.lists(pieces, max_size=30).map("".join), st.text(max_size=40).map(lambda t: canonical(t)[0])
)


def words(text):
    return [text[start:end] for start, end in tokenize(text)]


def cut(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("President Aliyev’s office, Baku.", ["President", "Aliyev’s", "office", "Baku"]),
        ("al-Shabaab’s AU/UN e-mail", ["al-Shabaab’s", "AU/UN", "e-mail"]),
        ("R&D at a.b@c.org · 3.14 · 1,000", ["R&D", "at", "a.b@c.org", "3.14", "1,000"]),
        ("col·laborar snake_case", ["col·laborar", "snake_case"]),
        ("leaders’ AU / UN - and -so-", ["leaders", "AU", "UN", "and", "so"]),
        ("a--b x…y 5%", ["a", "b", "x", "y", "5"]),
        ("yes 😀👨‍👩‍👧 🇦🇲🇦🇿 no", ["yes", "😀", "👨‍👩‍👧", "🇦🇲", "🇦🇿", "no"]),
        ("cafe\u0301 नमस्ते سلام", ["cafe\u0301", "नमस्ते", "سلام"]),
        ("soft\u00adhyphen \u200fسلام\u200f \u202bab\u202c", ["soft\u00adhyphen", "سلام", "ab"]),
        ("Аль-Джазира, 1961 г.; т.е. да", ["Аль-Джазира", "1961", "г", "т.е", "да"]),
        ("Ինչո՞ւ եք եկել։", ["Ինչո՞ւ", "եք", "եկել"]),
        ("صرّح د. أحمد السيّد،", ["صرّح", "د", "أحمد", "السيّد"]),
        ("צה״ל צה\"ל ג'ירפה", ["צה״ל", 'צה"ל', "ג'ירפה"]),
        ("漢字 東京タワー", ["漢", "字", "東", "京", "タワー"]),
        ("한국어 ภา", ["한국어", "ภ", "า"]),
        ("one\ntwo", ["one", "two"]),
        ("— … ¡!", []),
        ("", []),
    ],
)
def test_words_are_what_a_reader_would_point_at(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. They left.", ["It rained.", "They left."]),
        ("Dr. Harry met Mr. Smith on Jan. 5.", ["Dr. Harry met Mr. Smith on Jan. 5."]),
        ("The U.S. Senate met.", ["The U.S. Senate met."]),
        ("They left the U.S. The talks failed.", ["They left the U.S.", "The talks failed."]),
        ("J. R. Smith Inc. was sold.", ["J. R. Smith Inc. was sold."]),
        ("So do I. He left in Jan. It snowed.", ["So do I.", "He left in Jan.", "It snowed."]),
        ("1. Call them. 2. Wait.", ["1. Call them.", "2.", "Wait."]),
        ("“Why? Because,” she said.", ["“Why?", "Because,” she said."]),
        ("“Go!” he said. “Now.” They went.", ["“Go!” he said.", "“Now.”", "They went."]),
        ("Turan.az and 3.5 kg v. x", ["Turan.az and 3.5 kg v. x"]),
        ("Wait… What?!  No.", ["Wait…", "What?!", "No."]),
        ("A heading\n\n  A line \nlast", ["A heading", "A line", "last"]),
        ("我來了。你呢？好", ["我來了。", "你呢？", "好"]),
        ("هل؟ نعم. يأتي", ["هل؟", "نعم.", "يأتي"]),
        ("صرّح د. أحمد. ثم ذهب.", ["صرّح د. أحمد.", "ثم ذهب."]),
        ("Он ушёл. Я остался.", ["Он ушёл.", "Я остался."]),
        ("Проф. Иванов, А. С. Пушкин и др. авторы.", ["Проф. Иванов, А. С. Пушкин и др. авторы."]),
        ("Это 5 млн. руб. Но в 1961 г. Баку рос.", ["Это 5 млн. руб.", "Но в 1961 г. Баку рос."]),
        ("Նա ասաց։ «Ոչ»։ Ինչո՞ւ։", ["Նա ասաց։", "«Ոչ»։", "Ինչո՞ւ։"]),
        ("Եկավ 2023 թ. Երևանից։", ["Եկավ 2023 թ. Երևանից։"]),
        ('ד"ר כהן דיבר. מה קרה?', ['ד"ר כהן דיבר.', "מה קרה?"]),
        ("东京。「はい。」他说", ["东京。", "「はい。」", "他说"]),
        (" \u00a0\n", []),
    ],
)
def test_sentences_end_where_a_reader_would_stop(text, expected):
    assert cut(text) == expected


@given(texts)
def test_words_are_in_order_and_inside_one_sentence_each(text):
    found = tokenize(text)
    sentence_of = {at: start for start, end in sentences(text) for at in range(start, end)}

    assert all(start < end for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(len({sentence_of[at] for at in range(*word)}) == 1 for word in found)


@given(texts)
def test_sentences_hold_every_character_but_white_space_once(text):
    covered = [at for start, end in sentences(text) for at in range(start, end)]

    assert covered == sorted(set(covered))
    assert not "".join(c for at, c in enumerate(text) if at not in set(covered)).strip()
    assert not any("\n" in sentence for sentence in cut(text))


@given(texts, texts)
def test_lines_are_cut_independently(first, second):
    shift = len(first) + 1
    both = f"{first}\n{second}"

    for cutter in (tokenize, sentences):
        moved = [(start + shift, end + shift) for start, end in cutter(second)]
        assert cutter(both) == cutter(first) + moved


@pytest.mark.parametrize(
    "unit",
    ["The U.S. and Mr. Aliyev’s e-mail, ", ".", ". ", "A. ", "1. ", '"', "-", "🇦", "😀\u200d"],
)
def test_long_texts_take_linear_time(unit):
    # A quadratic cut of this text takes minutes; the bound is generous for a busy machine.
    text = unit * (100_000 // len(unit))

    began = time.process_time()
    tokenize(text)
    sentences(text)

    assert time.process_time() - began < 3
