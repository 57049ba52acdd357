//! How things stand, for whoever asks.

use crate::apps::{App, Environment};
use crate::checks;
use crate::journey::Journey;
use crate::lock::Spot;
use crate::run::RunId;
use crate::shelf::Past;
use crate::texts::refusal::{self, No};
use crate::texts::view::{self, Row};
use hatstand_plugin::prelude::*;

/// So much of the past is shown at once.
const SHOWN: usize = 15;

impl Journey<'_> {
    /// The app that is meant where none is named: there is only one.
    pub fn only_app(&self) -> Option<String> {
        let mut apps = self.apps.iter();
        apps.next().filter(|_| apps.next().is_none()).map(|app| app.name.clone())
    }

    fn app(&self, name: &str) -> Result<&App, No> {
        self.apps.find(name).ok_or_else(|| refusal::app(name, &self.apps.nearest(name)))
    }

    /// Where an app can be deployed, and how it stands there; without one all apps.
    pub fn places<'b>(&'b self, app: Option<&str>) -> Result<Reply> {
        let Some(name) = app else { return Ok(Reply::whisper(view::apps(self.apps.iter()))) };
        let app = match self.app(name) {
            Ok(app) => app,
            Err(no) => return Ok(no.reply()),
        };
        let row = |environment: &'b Environment| -> Result<Row<'b>> {
            let name = &environment.name;
            Ok(Row {
                environment,
                deployed: self.shelf().deployed(&app.name, name)?,
                going: self.shelf().going(&app.name, name)?,
                lock: self.locks().look(&Spot::new(&app.name, name))?,
                freeze: self.shelf().freeze(name)?,
            })
        };
        let rows = self.seen(app)?.into_iter().map(row).collect::<Result<Vec<Row<'b>>>>()?;
        Ok(Reply::whisper(view::places(app, &rows, self.cx.now())))
    }

    /// What was deployed of an app; of a ref and to an environment, if they are given.
    pub fn deploys(&self, name: &str, git_ref: Option<&str>, environment: Option<&str>) -> Result<Reply> {
        let app = match self.app(name) {
            Ok(app) => app,
            Err(no) => return Ok(no.reply()),
        };
        let only = match environment.map(|environment| checks::environment(app, Some(environment))).transpose() {
            Ok(only) => only,
            Err(no) => return Ok(no.reply()),
        };
        let mut past = self.past_of(app)?;
        past.retain(|(_, environment, _)| only.is_none_or(|only| only.name == *environment));
        let is_meant =
            |past: &Past, git_ref: &str| past.git_ref == git_ref || past.sha.as_deref().is_some_and(|sha| sha.starts_with(git_ref));
        past.retain(|(_, _, past)| git_ref.is_none_or(|git_ref| is_meant(past, git_ref)));
        Ok(Reply::whisper(view::past(say!("Deploys of *{}*:", app.name), newest(&past))))
    }

    /// The last deploys of all apps, or of one.
    pub fn history(&self, app: Option<&str>) -> Result<Reply> {
        if let Some(name) = app {
            return self.deploys(name, None, None);
        }
        let mut past = Vec::new();
        for app in self.apps.iter() {
            past.extend(self.past_of(app)?);
        }
        past.sort_by_key(|(_, _, past)| past.run);
        Ok(Reply::whisper(view::past("The last deploys:".into(), newest(&past))))
    }

    /// What of an app is where.
    pub fn latest(&self, name: &str) -> Result<Reply> {
        let app = match self.app(name) {
            Ok(app) => app,
            Err(no) => return Ok(no.reply()),
        };
        let of = |environment: &Environment| -> Result<(String, Option<Past>)> {
            Ok((environment.name.clone(), self.shelf().deployed(&app.name, &environment.name)?))
        };
        let deployed = self.seen(app)?.into_iter().map(of).collect::<Result<Vec<_>>>()?;
        Ok(Reply::whisper(view::latest(app, &deployed)))
    }

    /// The environments of an app that the person may see.
    fn seen<'b>(&self, app: &'b App) -> Result<Vec<&'b Environment>> {
        let spots: Vec<(&str, &str)> = app.environments.iter().map(|environment| (app.name.as_str(), environment.name.as_str())).collect();
        let visible = self.visible(&spots)?;
        Ok(app.environments.iter().zip(visible).filter_map(|(environment, visible)| visible.then_some(environment)).collect())
    }

    /// The past of an app in all environments that the person may see, the newest last.
    fn past_of(&self, app: &App) -> Result<Vec<(String, String, Past)>> {
        let mut past = Vec::new();
        for environment in self.seen(app)? {
            let entries = self.shelf().past(&app.name, &environment.name)?;
            past.extend(entries.into_iter().map(|entry| (app.name.clone(), environment.name.clone(), entry)));
        }
        past.sort_by_key(|(_, _, past)| past.run);
        Ok(past)
    }

    /// One deploy.
    pub fn status(&self, id: RunId) -> Result<Reply> {
        Ok(match self.shelf().run(id)? {
            Some(run) if self.visible(&[(&run.app, &run.environment)])? == [true] => Reply::whisper(view::status(&run, self.cx.now())),
            _ => refusal::no_such_run(id.0).reply(),
        })
    }
}

fn newest(past: &[(String, String, Past)]) -> &[(String, String, Past)] {
    &past[past.len().saturating_sub(SHOWN)..]
}
