"""Every column of chipflows, declared once, one module per subject."""

from pipelines.schemas.field import FieldRegistry

REGISTRY = FieldRegistry()
declare = REGISTRY.declare
