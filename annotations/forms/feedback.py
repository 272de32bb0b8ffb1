from django import forms


class PlaceForm(forms.Form):
    """Which part of the feedback to show. What makes no sense is passed over."""

    before = forms.UUIDField(required=False)
    article = forms.UUIDField(required=False)


class ReadForm(forms.Form):
    """Up to when a coder has read everything."""

    until = forms.DateTimeField()
