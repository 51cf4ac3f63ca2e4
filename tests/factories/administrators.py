"""What an administrator's browser sends."""

import re

from tests.app.conftest import Browser


def with_token(browser: Browser, account_id: int, fields: dict[str, object]) -> dict[str, object]:
    shown = browser.get(f"/admin/accounts/{account_id}")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token
    return {"csrf_token": token[1], **fields}
