"""How far coders agree: measures on characters and on spans, with intervals.

Articles are measured in one step (``rows_of``), which leaves tables of what each contributes to
every figure (``tables``). A report, its details, and the place of an article among others
(``ranking``) are sums over these tables alone; ``packing`` keeps an article's part of them.
``evidence`` is what the articles are read from.
"""

from annotations.algorithms.agreement.article import NA, Article, Mark, Marks, as_text
from annotations.algorithms.agreement.details import details
from annotations.algorithms.agreement.evidence import Counted, counted, measured
from annotations.algorithms.agreement.packing import packed, unpacked
from annotations.algorithms.agreement.ranking import Question, Standing, standings
from annotations.algorithms.agreement.report import report
from annotations.algorithms.agreement.rows import rows_of
from annotations.algorithms.agreement.tables import Tables

__all__ = [
    "NA",
    "Article",
    "Counted",
    "Mark",
    "Marks",
    "Question",
    "Standing",
    "Tables",
    "as_text",
    "counted",
    "details",
    "measured",
    "packed",
    "report",
    "rows_of",
    "standings",
    "unpacked",
]
