"""Japanese text as people type it: one stored form, and one folded form for finding."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_VARIATION_SELECTOR = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Forms of one character that names use side by side; the common form stands for all of them.
_OLD_FORMS = str.maketrans(
    "𠮷髙﨑嵜碕邊邉邉澤濱濵齋齊斉斎廣國櫻島嶋嶌眞惠榮圓淵渕藏藪籔條淺德瀨龜假冨峯埜桒栁舘吞神靑黑齡萬與會學壽實將專",
    "吉高崎崎崎辺辺辺沢浜浜斎斎斎斎広国桜島島島真恵栄円渕渕蔵薮薮条浅徳瀬亀仮富峰野桑柳館呑神青黒齢万与会学寿実将専",
)
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def normalise(text: str) -> str:
    """The form that is stored: NFKC, trimmed, without characters that hide or reorder others.

    Line breaks and tabs stay. What people typed in full width becomes half width and is never refused.
    """
    text = _LONE_SURROGATE.sub("", text)
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", unicodedata.normalize("NFKC", text)).strip()


def fold(text: str) -> str:
    """The form that is compared: ササキ, ｻｻｷ and ささき are one, 髙 and 高 too (behaviour 19)."""
    text = _VARIATION_SELECTOR.sub("", normalise(text)).casefold()
    text = _SPACE.sub("", text.translate(_KATAKANA_TO_HIRAGANA).translate(_OLD_FORMS))
    # A mark that stood apart by a space may now join the letter before it.
    return unicodedata.normalize("NFKC", text)
