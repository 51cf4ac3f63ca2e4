"""Lists of skills that somebody sent and has not decided about."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, ShortText, now


class TaxonomyFile(Base):
    """`entries` is what the file says, as compressed JSON. It goes when loaded, given up or followed by another."""

    __tablename__ = "taxonomy_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[ShortText]
    sha256: Mapped[str] = mapped_column(String(64))
    entries: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
