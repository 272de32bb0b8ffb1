from django.forms import BaseForm

from annotations.exceptions import Refused


def show(refusal: Refused, form: BaseForm) -> None:
    """Put a refusal's faults beside the fields they name, the rest above the form."""
    faults = [
        (error["field"], error["detail"])
        for error in refusal.errors
        if error.get("field") in form.fields
    ]
    for field, detail in faults or [(None, str(refusal))]:
        form.add_error(field, detail)
