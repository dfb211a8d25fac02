"""Names of static files carry a hash of their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's hashed and pre-compressed files; before the first collection plain names are served."""

    manifest_strict = False
