"""What an account has set up as its second factor, and what its role asks for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Account, RecoveryCode, RolePolicy, SecondFactor


@dataclass(frozen=True, slots=True)
class FactorState:
    """`set_up_at` is None without a second factor; `required` is what the organisation asks of the account's role."""

    set_up_at: datetime | None
    recovery_codes: int
    required: bool


def factor_state(session: Session, account_id: int) -> FactorState:
    set_up_at = session.scalar(select(SecondFactor.set_up_at).where(SecondFactor.account_id == account_id))
    left = session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    )
    return FactorState(set_up_at, left or 0, is_required(session, account_id))


def has_second_factor(session: Session, account_id: int) -> bool:
    return session.get(SecondFactor, account_id) is not None


def is_required(session: Session, account_id: int) -> bool:
    """Whether the organisation asks accounts of this one's role for a second factor."""
    asked = session.scalar(
        select(RolePolicy.second_factor).join(Account, Account.role == RolePolicy.role).where(Account.id == account_id)
    )
    return bool(asked)
