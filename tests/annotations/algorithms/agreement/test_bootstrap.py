import numpy as np
import pytest

from annotations.algorithms.agreement.bootstrap import intervals


def mean_of(values):
    return lambda weights: {"mean": weights @ values / weights.sum(axis=1)}


def test_the_interval_of_a_mean_is_that_of_its_sampling_distribution():
    values = np.random.default_rng(7).normal(10, 2, 400)

    low, high = intervals(mean_of(values), articles=400, resamples=4000, seed=1)["mean"]

    error = values.std() / np.sqrt(400)
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_each_resample_draws_as_many_articles_as_there_are():
    seen = []

    def watch(weights):
        seen.append(weights)
        return {}

    # More cells than are held at once, and a last portion that is not full.
    intervals(watch, articles=1_500, resamples=1_501, seed=1)

    weights = np.concatenate(seen)
    assert len(seen) > 1
    assert weights.shape == (1_501, 1_500)
    assert (weights.sum(axis=1) == 1_500).all()


def test_the_seed_decides():
    values = np.arange(30.0)

    def run(seed):
        return intervals(mean_of(values), articles=30, resamples=500, seed=seed)

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_undefined_resamples_are_left_out():
    def first_article_only(weights):
        defined = weights[:, 0] > 0
        return {"some": np.where(defined, 3.0, np.nan), "none": np.full(len(weights), np.nan)}

    assert intervals(first_article_only, articles=5, resamples=200, seed=1) == {"some": (3, 3)}


def test_one_article_has_no_interval():
    assert intervals(mean_of(np.ones(1)), articles=1, resamples=100, seed=1) == {}
