"""How far coders agree: measures on characters and on spans, with intervals.

Each article gives one row (``rows``); a report is made of rows alone (``report``).
"""

from annotations.algorithms.agreement.article import NA, Article
from annotations.algorithms.agreement.report import report
from annotations.algorithms.agreement.rows import row_of, rows_of

__all__ = ["NA", "Article", "report", "row_of", "rows_of"]
