"""What a DDI codebook of version 2.6 documents: read as one of version 2.5."""

from __future__ import annotations

from dataclasses import replace

from cosyn.structures import ddi

READER = replace(ddi.READER, name="ddi26")
