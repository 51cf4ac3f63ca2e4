"""What every endpoint does, written down a second time: the tests of every address believe the declaration, so a view
that declares less than it does must not pass unseen."""

import pytest
from flask import Flask

from app.access import Action, Thing
from app.entrance.declaring import declared_access, is_before_second_factor, wants_recent
from models import Scope

pytestmark = pytest.mark.one_database

DECLARED = {
    (Thing.ENTRANCE, Action.USE): """
        links.forgot links.new_address links.send_link links.use_address second_step.ask second_step.take
        signing_in.set_password signing_in.sign_in signing_in.sign_in_now signing_in.welcome
        single_sign_on.begin single_sign_on.come_back static
    """,
    (Thing.HEALTH, Action.SEE): "service.healthz service.readyz",
    (Thing.LOOK, Action.CHANGE): "appearance.choose",
    (Thing.HOME, Action.SEE): "api_documents.docs home.index",
    (Thing.PERSON, Action.SEE): "api_people.get_person api_people.list_people people.index people.show",
    (Thing.PERSON, Action.VERIFY): "verifying.show verifying.verify",
    (Thing.PERSON, Action.TRACE): "audit.of_person",
    (Thing.PERSON, Action.ADMINISTER): "erasing.data erasing.data_page erasing.erase_person erasing.show",
    (Thing.SKILL, Action.SEE): "api_people.list_catalogue skills.index skills.show",
    (Thing.PROJECT, Action.SEE): "api_projects.get_project api_projects.list_all projects.index projects.show",
    (Thing.PROJECT, Action.CREATE): "projects.create projects.new",
    (Thing.PROJECT, Action.CHANGE): """
        api_projects.change_project communication.edit communication.update leading.change leading.show
        projects.edit projects.update roles.confirm_delete roles.create roles.delete roles.edit roles.new
        roles.update
    """,
    (Thing.PROJECT, Action.TRACE): "audit.of_project",
    (Thing.PROPOSAL, Action.SEE): "api_proposals.get_run proposals.index proposals.show",
    (Thing.PROPOSAL, Action.CREATE): "api_proposals.create_run proposals.change proposals.create proposals.of_project",
    (Thing.PROPOSED, Action.SEE): "erasing.proposals",
    (Thing.DECISION, Action.SEE): "decisions.as_json decisions.show",
    (Thing.DECISION, Action.CREATE): "decisions.check decisions.team_step proposals.choose proposals.set_aside",
    (Thing.ALLOCATION, Action.SEE): "decisions.allocation",
    (Thing.ALLOCATION, Action.CHANGE): "decisions.allocation_step",
    (Thing.EXPORT, Action.CREATE): "exports.download exports.index",
    (Thing.IMPORT, Action.SEE): """
        imports.annotated imports.index imports.show imports_steps.missing imports_steps.preview
        imports_steps.problems imports_steps.questions imports_steps.skills imports_steps.understood
        undoing.show
    """,
    (Thing.IMPORT, Action.CHANGE): """
        imports.apply imports.discard imports.read imports.upload imports_steps.answer imports_steps.correct
        imports_steps.decide undoing.undo
    """,
    (Thing.TAXONOMY, Action.SEE): "taxonomies.index taxonomies.show",
    (Thing.TAXONOMY, Action.CHANGE): "taxonomies.discard taxonomies.load taxonomies.upload",
    (Thing.JOB, Action.SEE): "jobs.show",
    (Thing.JOB, Action.CHANGE): "jobs.stop",
    (Thing.AUDIT, Action.SEE): "api_audit.list_entries audit.chain audit.export audit.index audit.show",
    (Thing.ENGINE, Action.USE): "api_engine.solve",
    (Thing.API, Action.SEE): "api_documents.openapi",
    (Thing.ACCOUNT, Action.SEE): "privacy.data privacy.data_page privacy.proposals privacy.show",
    (Thing.ACCOUNT, Action.CHANGE): """
        account.change_email account.email account.show privacy.ask_for_erasure privacy.choose_audience
        privacy.take_back_erasure proving.change_password proving.confirm proving.confirm_form
        proving.confirm_now proving.go_on proving.password second_factor.remove
        second_factor.renew_recovery_codes second_factor.set_up second_factor.set_up_now second_factor.show
        sessions.end sessions.end_others sessions.index signing_in.sign_out single_sign_on.confirm
        single_sign_on.confirmed tokens.create tokens.index tokens.new tokens.revoke
    """,
    (Thing.ACCOUNT, Action.ADMINISTER): """
        admin.index admin_accounts.activate admin_accounts.change_address admin_accounts.choose_person
        admin_accounts.deactivate admin_accounts.end_sessions admin_accounts.index admin_accounts.link_person
        admin_accounts.reset_second_factor admin_accounts.show admin_accounts.unlink_person
        admin_accounts.update invitations.choose invitations.invite invitations.invite_people invitations.new
        invitations.new_link tokens.everybodys tokens.revoke_anybodys
    """,
    (Thing.POLICY, Action.SEE): "policy.show",
    (Thing.POLICY, Action.CHANGE): "policy.keep_for policy.update",
}

FOR_PROGRAMS = {
    Scope.READ_DIRECTORY: "api_people.get_person api_people.list_catalogue api_people.list_people",
    Scope.READ_PROJECTS: "api_projects.get_project api_projects.list_all",
    Scope.WRITE_PROJECTS: "api_projects.change_project",
    Scope.PROPOSE: "api_engine.solve api_proposals.create_run api_proposals.get_run",
    Scope.READ_AUDIT: "api_audit.list_entries",
}

ASKED_AGAIN = """
    account.change_email account.email admin_accounts.activate
    admin_accounts.change_address admin_accounts.deactivate admin_accounts.end_sessions
    admin_accounts.link_person admin_accounts.reset_second_factor admin_accounts.unlink_person
    admin_accounts.update erasing.data erasing.data_page erasing.erase_person erasing.show invitations.invite
    invitations.invite_people invitations.new_link policy.keep_for policy.update privacy.data privacy.data_page
    second_factor.remove second_factor.renew_recovery_codes second_factor.set_up second_factor.set_up_now
    sessions.end sessions.end_others tokens.create tokens.new
"""
"""What asks first who is there."""

BEFORE_THE_SECOND_FACTOR = """
    proving.confirm proving.confirm_form proving.confirm_now proving.go_on second_factor.set_up
    second_factor.set_up_now second_factor.show signing_in.sign_out single_sign_on.confirm
    single_sign_on.confirmed
"""


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


class TestEveryEndpoint:
    def test_declares_to_do_what_it_does(self, app: Flask) -> None:
        expected = {name: access for access, names in DECLARED.items() for name in names.split()}
        assert {name: declared_access(app, name) for name in endpoints(app)} == expected

    def test_for_programs_asks_for_the_scope_of_what_it_does(self, app: Flask) -> None:
        expected = {name: scope for scope, names in FOR_PROGRAMS.items() for name in names.split()}
        found = {name: getattr(app.view_functions[name], "scope", None) for name in endpoints(app)}
        assert {name: scope for name, scope in found.items() if scope} == expected

    def test_that_matters_most_asks_who_is_there_again(self, app: Flask) -> None:
        assert {name for name in endpoints(app) if wants_recent(app, name)} == set(ASKED_AGAIN.split())

    def test_but_for_setting_one_up_is_closed_to_whoever_lacks_a_second_factor(self, app: Flask) -> None:
        found = {name for name in endpoints(app) if is_before_second_factor(app, name)}
        assert found == set(BEFORE_THE_SECOND_FACTOR.split())
