//! Which declared command is meant, whether the token may give it there, and the event that it becomes.

use super::arguments::{self, Reader};
use super::caller::{Attempt, Caller};
use super::request::{Ask, Wanted};
use super::{Api, Problem};
use crate::ledger::Recorded;
use crate::model::{Called, Event, Line, Mention, PluginName, What, Whom, WorkspaceId};
use crate::nearest::nearest;
use crate::permissions::Authority;
use crate::plugins::Registry;
use crate::router::{self, Answer, Meant, Situation};
use hatstand_common::declaration::{Access, Command};
use hatstand_common::program::Program;
use hatstand_common::transcript::typed;
use hatstand_common::value::{Argument, Channel, ChannelId, Place};
use std::time::Duration;

/// A command by its plugin's name and its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub plugin: String,
    pub command: String,
}

/// A command that can be given.
struct Sound {
    called: Called,
    command: Command,
}

/// A program does not wait longer than this for its request to be kept, whatever else holds the ledger.
const KEEPING: Duration = Duration::from_secs(5);

impl Api {
    /// Sees to it that what is wanted is in the ledger, now or before, and returns its key there.
    pub(super) async fn record(&self, caller: &Caller, wanted: &Wanted) -> Result<String, Problem> {
        let key = key(caller, wanted);
        if self.is_recorded(&caller.workspace, &key, wanted).await? {
            return Ok(key);
        }
        let event = self.event(caller, wanted, &key).await?;
        let kept = tokio::time::timeout(KEEPING, self.intake.take(event)).await.map_err(|_| Problem::not_kept_in_time())?;
        match kept {
            Ok(Some(Recorded::New(_))) => Ok(key),
            // Somebody else was faster, perhaps with another request.
            Ok(_) if self.is_recorded(&caller.workspace, &key, wanted).await? => Ok(key),
            Ok(_) => Err(Problem::forgotten()),
            Err(why) => Err(Problem::not_kept(&why)),
        }
    }

    /// Was it asked for before? A key that was for something else is refused.
    async fn is_recorded(&self, workspace: &WorkspaceId, key: &str, wanted: &Wanted) -> Result<bool, Problem> {
        let trace = self.ledger.trace(workspace, key).await.map_err(|why| Problem::not_kept(&why))?;
        match trace.map(|trace| trace.event.what) {
            None => Ok(false),
            Some(What::Called(called)) if called.request == wanted.fingerprint => Ok(true),
            Some(_) => Err(Problem::key_reused()),
        }
    }

    async fn event(&self, caller: &Caller, wanted: &Wanted, key: &str) -> Result<Event, Problem> {
        let program = Program { token: &caller.token.name, acts_for: wanted.acts_for.as_deref() };
        let channel = self.channel(caller, wanted).await?;
        let sound = self.sound(caller, wanted, program).await?;
        let place = Place { channel: channel.id.clone(), thread: None };
        if let Err(problem) = may(caller, &channel, &sound.command) {
            let Called { line, command, .. } = &sound.called;
            let workspace = Some(caller.workspace.clone());
            let attempt = Attempt { program, workspace, place: Some(place), channel: &channel.name, what: command, line };
            self.note_refusal(attempt, &problem).await;
            return Err(problem);
        }
        Ok(Event {
            workspace: caller.workspace.clone(),
            key: key.to_owned(),
            at: self.clock.now(),
            place: Some(place),
            person: Some(program.id()),
            what: What::Called(sound.called),
        })
    }

    /// Where it is to be done: what the request says, or the token's only channel.
    async fn channel(&self, caller: &Caller, wanted: &Wanted) -> Result<Channel, Problem> {
        let only = match caller.token.channels.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        };
        let named = wanted.channel.as_ref().or(only).ok_or_else(Problem::which_channel)?;
        let id = ChannelId::from(named.trim_start_matches('#'));
        match self.directory.channel(&caller.workspace, &id).await {
            Some(channel) if !channel.direct && !channel.archived => Ok(channel),
            _ => Err(Problem::unknown_channel(named)),
        }
    }

    /// The command that is meant, with its arguments.
    async fn sound(&self, caller: &Caller, wanted: &Wanted, program: Program<'_>) -> Result<Sound, Problem> {
        match &wanted.what {
            Ask::Line(text) => {
                let line = self.line(&caller.workspace, text).await;
                self.read(caller, &line, program, &wanted.fingerprint)
            }
            Ask::Call(target, given) => {
                let (plugin, command) = find(&self.plugins.registry(), target)?;
                let reader = Reader { directory: &self.directory, workspace: &caller.workspace, now: self.clock.now() };
                let (arguments, line) = arguments::read(&command, given, reader).await?;
                Ok(sound(&plugin, &command, arguments, line, &wanted.fingerprint))
            }
        }
    }

    /// Reads a line like a person's; of what the program may not do, nothing is suggested.
    fn read(&self, caller: &Caller, line: &Line, program: Program<'_>, fingerprint: &str) -> Result<Sound, Problem> {
        let (plugin, command, arguments) = self.meant(line, program, |command| caller.token.may(command))?;
        Ok(sound(&plugin, &command, arguments, line.text.clone(), fingerprint))
    }

    /// The command that a line is, with its arguments. Of what is not shown nothing is suggested.
    pub(super) fn meant(
        &self,
        line: &Line,
        program: Program<'_>,
        shown: impl Fn(&Command) -> bool,
    ) -> Result<(PluginName, Command, Vec<Argument>), Problem> {
        let registry = self.plugins.registry();
        let person = program.person();
        // Whether it may is decided where it is done, as for people.
        let authority = &Authority::Everything;
        let situation =
            Situation { registry: &registry, now: self.clock.now(), person: Some(&person), authority, pressed: None, asked: None };
        match router::meant(line, situation, |_, command| shown(command)) {
            Ok(Meant { plugin, command, arguments }) => Ok((plugin.clone(), command.clone(), arguments)),
            Err(Answer::Own { command, arguments, .. }) => {
                let target = Target { plugin: PluginName::host().0, command };
                let (plugin, command) = find(&registry, &target)?;
                Ok((plugin, command, arguments))
            }
            Err(answer) => Err(Problem::unread(answer)),
        }
    }

    /// A line with those mentions in it whose people and channels are there.
    pub(super) async fn line(&self, workspace: &WorkspaceId, text: &str) -> Line {
        let Line { text, mentions } = typed(text);
        let mut known = Vec::new();
        for Mention { range, whom } in mentions {
            let whom = match &whom {
                Whom::Person(name) => self.directory.person_called(workspace, &name.0).await.map(Whom::Person),
                Whom::Channel(name) => self.directory.channel(workspace, name).await.map(|channel| Whom::Channel(channel.id)),
            };
            known.extend(whom.map(|whom| Mention { range, whom }));
        }
        Line { text, mentions: known }
    }
}

/// Of the token's own, so that no program can ask for what another one did. Without one from the request, there will be no repeat.
fn key(caller: &Caller, wanted: &Wanted) -> String {
    let chance = || format!("{:032x}", rand::random::<u128>());
    format!("api:{}:{}", caller.token.name, wanted.key.clone().unwrap_or_else(chance))
}

fn sound(plugin: &PluginName, command: &Command, arguments: Vec<Argument>, line: String, fingerprint: &str) -> Sound {
    let called = Called { plugin: plugin.clone(), command: command.name.clone(), arguments, line, request: fingerprint.to_owned() };
    Sound { called, command: command.clone() }
}

/// What the token allows, and what no program may.
fn may(caller: &Caller, channel: &Channel, command: &Command) -> Result<(), Problem> {
    let usage = command.shown_usage();
    if !caller.token.may_in(channel) {
        return Err(Problem::channel_not_allowed(&caller.token.name, &channel.name));
    }
    if !caller.token.may(command) {
        return Err(Problem::command_not_allowed(&caller.token.name, &usage));
    }
    if command.access == Access::Admins {
        return Err(Problem::for_administrators(&usage));
    }
    Ok(())
}

/// A command that is declared, whether its plugin is there right now or not.
fn find(registry: &Registry, target: &Target) -> Result<(PluginName, Command), Problem> {
    let plugin = PluginName(target.plugin.clone());
    let own = || registry.commands().iter().filter(|(owner, _)| *owner == plugin);
    if own().next().is_none() {
        let known = registry.commands().iter().map(|(owner, _)| owner.0.as_str());
        return Err(Problem::unknown_plugin(&target.plugin, nearest(&target.plugin, known)));
    }
    let found = own().find(|(_, command)| command.name == target.command).cloned();
    found.ok_or_else(|| {
        let known = own().filter(|(_, command)| !command.hidden).map(|(_, command)| command.name.as_str());
        Problem::unknown_command(target, nearest(&target.command, known))
    })
}
