from rest_framework.metadata import BaseMetadata


class Methods(BaseMetadata):
    """Answers OPTIONS with the methods that an address takes; the rest is in the schema."""

    def determine_metadata(self, request, view):
        return {"methods": view.allowed_methods, "schema": "/api/v1/schema/"}
