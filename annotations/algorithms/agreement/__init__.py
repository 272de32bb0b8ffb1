"""How far coders agree: measures on characters and on spans, with intervals.

Each article gives one row (``rows``). A report and its details are made of rows alone, and so
is the place of an article among others (``ranking``).
"""

from annotations.algorithms.agreement.article import NA, Article, as_text
from annotations.algorithms.agreement.details import details
from annotations.algorithms.agreement.ranking import Question, Standing, standing, worst_first
from annotations.algorithms.agreement.report import report
from annotations.algorithms.agreement.rows import row_of, rows_of

__all__ = [
    "NA",
    "Article",
    "Question",
    "Standing",
    "as_text",
    "details",
    "report",
    "row_of",
    "rows_of",
    "standing",
    "worst_first",
]
