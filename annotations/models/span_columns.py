"""Where spans are and what they are called, in columns beside the spans.

Figures need nothing else, and to look into the JSON of ten thousand articles takes the database
longer than anything that is done with what it finds.
"""

import pgtrigger

#: Attributes, starts, ends and labels, a list of each in the order of the spans.
IN_COLUMNS = """
    jsonb_build_array(
        jsonb_path_query_array({spans}, '$[*].attributes'),
        jsonb_path_query_array({spans}, '$[*].start'),
        jsonb_path_query_array({spans}, '$[*].end'),
        jsonb_path_query_array({spans}, '$[*].label')
    )::text
"""

TRIGGER = pgtrigger.Trigger(
    name="marks_are_those_of_the_spans",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"NEW.marks := {IN_COLUMNS.format(spans='NEW.spans')}; RETURN NEW;",
)
