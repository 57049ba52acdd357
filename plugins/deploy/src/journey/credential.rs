//! Whether the bot's credential works.

use super::{Journey, provider};
use crate::providers::Trouble;
use crate::texts::refusal;
use crate::texts::{trouble, view};
use crate::voice;
use hatstand_plugin::prelude::*;

impl Journey<'_> {
    /// Does the provider let the bot in?
    pub fn verify(&self, name: &str) -> Result<Reply> {
        let Some(app) = self.apps.find(name) else { return Ok(refusal::app(name, &self.apps.nearest(name)).reply()) };
        provider(&app.origin).verify().send(self.cx, format!("verify:{} {}", app.name, self.cx.user()?))?;
        Ok(Reply::whisper(view::verifying(&app.origin)).code("checking"))
    }

    pub fn verified(&self, name: &str, who: &User, response: Response) -> Result<()> {
        let Some(app) = self.apps.find(name) else { return Ok(()) };
        let message = match Trouble::check(response) {
            Ok(_) => view::verified(&app.origin),
            Err(trouble) => trouble::sentence(&app.origin, &trouble),
        };
        voice::whisper(self.cx, self.cx.here()?, who, message)
    }
}
