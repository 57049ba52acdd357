//! Modals and Home tabs ("Modals", "views.open method").

use serde_json::{Value, json};

use super::{Refusal, Refused, State, mint, refuse};
use crate::{AppId, TeamId, UserId, View, ViewId, ViewPlace, element};

/// A view that was opened, and whether it still is.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) view: View,
    pub(crate) team: TeamId,
    pub(crate) open: bool,
}

/// A modal may lie on a modal on a modal.
const STACK: usize = 3;

impl State {
    /// The view, while it is open.
    pub(crate) fn open_view(&self, id: &str) -> Refused<&Opened> {
        self.views.get(id).filter(|opened| opened.open).map_or_else(|| refuse("not_found"), Ok)
    }

    pub(crate) fn view_mut(&mut self, id: &ViewId) -> Refused<&mut Opened> {
        self.dirty = true;
        self.views.get_mut(id).filter(|opened| opened.open).map_or_else(|| refuse("not_found"), Ok)
    }

    /// Opens a modal, over the one that the person has from this app.
    pub(crate) fn push_view(&mut self, app: &AppId, user: &UserId, content: &Value, below: Option<&ViewId>) -> Refused<View> {
        let team = self.member(user)?.team.clone();
        if let Some(below) = below
            && self.depth(below) >= STACK
        {
            return refuse("push_limit_reached");
        }
        if content["type"] != "modal" {
            return Err(Refusal::saying("invalid_arguments", vec!["[ERROR] view.type must be \"modal\"".into()]));
        }
        self.insert_view(app, &team, user, ViewPlace::Modal, content, below)
    }

    fn depth(&self, id: &ViewId) -> usize {
        let below = self.views.get(id).and_then(|opened| opened.view.below.as_ref());
        1 + below.map_or(0, |below| self.depth(below))
    }

    /// Sets a person's Home tab, new or again.
    pub(crate) fn publish_view(&mut self, app: &AppId, user: &UserId, content: &Value, hash: Option<&str>) -> Refused<View> {
        let team = self.member(user)?.team.clone();
        if content["type"] != "home" {
            return Err(Refusal::saying("invalid_arguments", vec!["[ERROR] view.type must be \"home\"".into()]));
        }
        let id = self.home_of(app, user).map(|home| home.view.id.clone());
        match id {
            Some(id) => self.change_view(&id, content, hash),
            None => self.insert_view(app, &team, user, ViewPlace::Home, content, None),
        }
    }

    pub(crate) fn home_of(&self, app: &AppId, user: &UserId) -> Option<&Opened> {
        let is_home = |view: &View| view.place == ViewPlace::Home && view.app == *app && view.user == *user;
        self.views.values().find(|opened| is_home(&opened.view))
    }

    fn insert_view(
        &mut self,
        app: &AppId,
        team: &TeamId,
        user: &UserId,
        place: ViewPlace,
        content: &Value,
        below: Option<&ViewId>,
    ) -> Refused<View> {
        self.check_external_id(content, app, None)?;
        let id = ViewId::from(self.mint.id("V"));
        let (app, user, below) = (app.clone(), user.clone(), below.cloned());
        let view = View { id: id.clone(), app, user, place, below, content: Value::Null, errors: None };
        self.views.insert(id.clone(), Opened { view, team: team.clone(), open: true });
        self.set_content(&id, content)
    }

    /// Replaces a view's content. A `hash` that is not the present one means that the app missed a change.
    pub(crate) fn change_view(&mut self, id: &ViewId, content: &Value, hash: Option<&str>) -> Refused<View> {
        let opened = self.open_view(id.as_str())?;
        if hash.is_some_and(|hash| opened.view.content["hash"] != hash) {
            return refuse("hash_conflict");
        }
        let app = opened.view.app.clone();
        self.check_external_id(content, &app, Some(id))?;
        self.set_content(id, content)
    }

    fn check_external_id(&self, content: &Value, app: &AppId, but: Option<&ViewId>) -> Refused<()> {
        let external = content["external_id"].as_str().filter(|id| !id.is_empty());
        let taken = |opened: &&Opened| {
            opened.open
                && opened.view.app == *app
                && Some(&opened.view.id) != but
                && opened.view.content["external_id"].as_str() == external
        };
        match external.and_then(|_| self.views.values().find(taken)) {
            Some(_) => refuse("duplicate_external_id"),
            None => Ok(()),
        }
    }

    fn set_content(&mut self, id: &ViewId, content: &Value) -> Refused<View> {
        let hash = format!("{}.{}", self.clock.seconds(), mint::secret(&mut self.random, 8));
        let opened = self.views.get(id).map_or_else(|| refuse("not_found"), Ok)?;
        let full = self.complete(opened, content, &hash);
        let view = &mut self.view_mut(id)?.view;
        view.content = full;
        view.errors = None;
        Ok(view.clone())
    }

    /// The content with what Slack adds to it ("View object").
    fn complete(&self, opened: &Opened, content: &Value, hash: &str) -> Value {
        let view = &opened.view;
        let mut blocks = content["blocks"].clone();
        element::name_blocks(&mut blocks);
        let previous = &view.content["state"]["values"];
        let state = element::state_of(&blocks, previous);
        let text = |key: &str| content.get(key).cloned().unwrap_or_else(|| json!(""));
        let flag = |key: &str| content.get(key).cloned().unwrap_or(Value::Bool(false));
        let optional = |key: &str| content.get(key).cloned().unwrap_or_default();
        json!({
            "id": view.id, "team_id": opened.team, "type": content["type"], "blocks": blocks, "hash": hash,
            "private_metadata": text("private_metadata"), "callback_id": text("callback_id"), "external_id": text("external_id"),
            "state": { "values": state }, "title": optional("title"), "submit": optional("submit"), "close": optional("close"),
            "clear_on_close": flag("clear_on_close"), "notify_on_close": flag("notify_on_close"),
            "submit_disabled": flag("submit_disabled"), "previous_view_id": view.below, "root_view_id": self.root(view),
            "app_id": view.app, "app_installed_team_id": opened.team,
            "bot_id": self.install_of(&view.app, &opened.team).map(|install| &install.bot),
        })
    }

    fn root<'a>(&'a self, view: &'a View) -> &'a ViewId {
        match view.below.as_ref().and_then(|below| self.views.get(below)) {
            Some(below) => self.root(&below.view),
            None => &view.id,
        }
    }

    /// The modals that the person has open, the topmost last.
    pub(crate) fn modals_of(&self, user: &UserId) -> Vec<View> {
        let shown = |opened: &&Opened| opened.open && opened.view.place == ViewPlace::Modal && opened.view.user == *user;
        let mut views: Vec<View> = self.views.values().filter(shown).map(|opened| opened.view.clone()).collect();
        views.sort_by_key(|view| self.depth(&view.id));
        views
    }

    pub(crate) fn close_one(&mut self, id: &ViewId) {
        if let Some(opened) = self.views.get_mut(id) {
            opened.open = false;
            self.dirty = true;
        }
    }

    fn close_all(&mut self, user: &UserId) {
        for view in self.modals_of(user) {
            self.close_one(&view.id);
        }
    }

    /// What the ack of a `view_submission` does ("Modals", updating, pushing and closing views).
    pub(crate) fn answer_form(&mut self, id: &ViewId, payload: &Value) -> Refused<()> {
        let view = self.open_view(id.as_str())?.view.clone();
        match payload["response_action"].as_str() {
            None => self.close_one(id),
            Some("clear") => self.close_all(&view.user),
            Some("errors") => self.view_mut(id)?.view.errors = Some(payload["errors"].clone()),
            Some("update") => {
                crate::blocks::check_view(&payload["view"])?;
                self.change_view(id, &payload["view"], None)?;
            }
            Some("push") => {
                crate::blocks::check_view(&payload["view"])?;
                self.push_view(&view.app, &view.user, &payload["view"], Some(id))?;
            }
            Some(_) => return refuse("invalid_response_action"),
        }
        Ok(())
    }
}
