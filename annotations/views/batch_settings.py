from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotations.actions import batch_settings
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.batch_settings import BatchSettingsForm
from annotations.models import Batch


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request, uuid):
    """What can be changed of a batch while it is under way."""
    visible = Batch.objects.visible_to(request.user).select_related("project")
    batch = get_object_or_404(visible, uuid=uuid)
    form = BatchSettingsForm(request.POST or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            batch_settings.change(
                batch=batch, settings=form.cleaned_data, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("The settings of the batch are saved."))
            return redirect("annotations:batch", batch.uuid)
    return render(
        request,
        "annotations/batches/settings.html",
        {"project": batch.project, "batch": batch, "form": form},
        status=422 if form.errors else 200,
    )
