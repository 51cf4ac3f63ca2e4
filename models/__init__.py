"""The one true record, as tables. Importing this package registers every table on `Base.metadata`."""

from models.accounts import (
    Account,
    AccountRole,
    LinkPurpose,
    ManagedUnit,
    OneTimeLink,
    Reach,
    RolePolicy,
    SignInSession,
    Way,
)
from models.allocations import BOOKED, STEPS, Allocation, AllocationChange, AllocationState
from models.answers import FirstAnswer
from models.audit import Actor, AuditEntry
from models.base import Base
from models.catalogue import CatalogueNeed, CatalogueRole, TeamTemplate, TeamTemplateRole
from models.factors import ExternalIdentity, RecoveryCode, SecondFactor
from models.history import Engagement, Tie
from models.imports import BatchState, ImportBatch, ImportedValue, ImportLines, ImportMapping
from models.jobs import OPEN_STATES, Job, JobState
from models.people import (
    Absence,
    Audience,
    CostBand,
    PersonalField,
    Practitioner,
    Unit,
    Visibility,
    VisibilityPolicy,
)
from models.privacy import ErasureRequest, RetentionKind, RetentionPeriod
from models.projects import (
    MeasureKind,
    OutcomeMeasure,
    Phase,
    Project,
    ProjectState,
    Role,
    RoleCommunication,
    SkillNeed,
    Subteam,
)
from models.ratings import Endorsement, LearningGoal, Rating, RatingChange, RatingSource
from models.skills import Skill, SkillAlias, SkillCategory
from models.staffing_runs import Decision, DecisionKind, Proposal, ProposedSeat, StaffingRun
from models.taxonomies import TaxonomyFile
from models.tokens import ApiToken, Scope

__all__ = [
    "BOOKED",
    "OPEN_STATES",
    "STEPS",
    "Absence",
    "Account",
    "AccountRole",
    "Actor",
    "Allocation",
    "AllocationChange",
    "AllocationState",
    "ApiToken",
    "Audience",
    "AuditEntry",
    "Base",
    "BatchState",
    "CatalogueNeed",
    "CatalogueRole",
    "CostBand",
    "Decision",
    "DecisionKind",
    "Endorsement",
    "Engagement",
    "ErasureRequest",
    "ExternalIdentity",
    "FirstAnswer",
    "ImportBatch",
    "ImportLines",
    "ImportMapping",
    "ImportedValue",
    "Job",
    "JobState",
    "LearningGoal",
    "LinkPurpose",
    "ManagedUnit",
    "MeasureKind",
    "OneTimeLink",
    "OutcomeMeasure",
    "PersonalField",
    "Phase",
    "Practitioner",
    "Project",
    "ProjectState",
    "Proposal",
    "ProposedSeat",
    "Rating",
    "RatingChange",
    "RatingSource",
    "Reach",
    "RecoveryCode",
    "RetentionKind",
    "RetentionPeriod",
    "Role",
    "RoleCommunication",
    "RolePolicy",
    "Scope",
    "SecondFactor",
    "SignInSession",
    "Skill",
    "SkillAlias",
    "SkillCategory",
    "SkillNeed",
    "StaffingRun",
    "Subteam",
    "TaxonomyFile",
    "TeamTemplate",
    "TeamTemplateRole",
    "Tie",
    "Unit",
    "Visibility",
    "VisibilityPolicy",
    "Way",
]
