//! What each person's page of the bot shows: for each plugin what it posted last when the page was opened.

use super::home::Chapter;
use crate::model::Order;
use hatstand_common::message::Message;
use hatstand_common::value::{MessageId, PersonId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// The pages of one workspace.
#[derive(Debug, Default)]
pub struct Homes {
    pages: Mutex<HashMap<PersonId, Page>>,
}

/// Plugin by plugin, what it shows.
type Page = BTreeMap<String, Section>;

#[derive(Clone, Debug, Default)]
struct Section {
    /// The event it answers: another one begins anew.
    event: i64,
    messages: Vec<(MessageId, Message)>,
}

impl Homes {
    /// Adds to a person's page, and returns all of it: a chapter for each plugin.
    pub fn show(&self, person: &PersonId, id: &MessageId, message: &Message) -> Vec<Chapter> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let page = pages.entry(person.clone()).or_default();
        let Order { event, plugin, .. } = Order::of(id);
        let section = page.entry(plugin).or_default();
        if section.event != event {
            *section = Section { event, messages: Vec::new() };
        }
        section.messages.retain(|(known, _)| known != id);
        section.messages.push((id.clone(), message.clone()));
        page.iter().map(|(plugin, section)| Chapter { heading: plugin.clone(), messages: section.messages.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_replaces_what_it_showed_before() {
        let homes = Homes::default();
        let show = |id: &str, text: &str| {
            let chapters = homes.show(&"U1".into(), &id.into(), &Message::plain(text));
            chapters.iter().map(|chapter| chapter.messages.len()).sum::<usize>()
        };
        assert_eq!(show("1.hat.0", "one"), 1);
        assert_eq!(show("1.hat.1", "two"), 2);
        assert_eq!(show("1.dibs.0", "three"), 3);
        assert_eq!(show("2.hat.0", "four"), 2, "hat's two are replaced by one");
        assert_eq!(show("2.hat.0", "four"), 2, "the same again is shown once");
    }
}
