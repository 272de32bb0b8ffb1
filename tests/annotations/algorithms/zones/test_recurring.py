from annotations.algorithms.zones import recurring

SENTENCE = (
    "Story {0} tells how the people of town {0} built a bridge, lost it, and built another one."
)


def article(number, *furniture):
    return "\n\n".join([f"Bridge of town {number}", SENTENCE.format(number), *furniture])


def lines(texts):
    return [(line.text, line.stories) for line in recurring.learn(texts)]


def test_a_line_that_three_stories_share_recurs_and_one_that_two_share_does_not():
    texts = [article(n, "Made in Velmora", *["Quay edition"][: n < 2]) for n in range(3)]
    assert lines(texts) == [("Made in Velmora", 3)]


def test_versions_of_one_story_count_once():
    versions = [article(1, "What we know so far", f"Update {n}") for n in range(6)]
    assert lines(versions) == []


def test_a_sentence_has_to_be_in_many_more_stories_than_a_few_words():
    sentence = "The Post of Velmora takes no money from the harbour board or from its friends."
    few = [article(n, *[sentence][: n < 4]) for n in range(6)]
    assert lines(few) == []
    assert lines([article(n, sentence) for n in range(6)]) == [(sentence, 6)]


def test_a_line_in_few_of_many_articles_does_not_recur():
    texts = [article(n, *["Background"][: n < 3]) for n in range(40)]
    assert lines(texts) == []


def test_authors_dates_and_speakers_are_no_furniture_though_they_recur():
    own = ["By Ada Brandt", "Ada Brandt", "3 May 2023", "Interviewer:", "Photo: Ole Lang"]
    assert lines([article(n, *own) for n in range(5)]) == []


def test_no_more_articles_are_looked_at_than_are_needed():
    def endless():
        number = 0
        while True:
            yield article(number, "Made in Velmora")
            number += 1

    assert lines(endless()) == [("Made in Velmora", recurring.MOST_ARTICLES)]
