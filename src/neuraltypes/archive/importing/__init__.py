"""Checkpoints of other libraries as archives: NeMo's, Lightning's and torch's files, folders of Hugging Face.

Nothing in them is run, imported or extracted: pickles are read with `weights_only` alone, and tars in place.
"""

from neuraltypes.archive.importing._convert import Imported, import_checkpoint

__all__ = ["Imported", "import_checkpoint"]
