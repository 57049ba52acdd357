//! A running outside system, and the words that all of them know.

use std::{io, net::SocketAddr, sync::Arc};

use axum::http::StatusCode;

use crate::{
    delivery::{Delivery, Sending},
    door::Door,
    front::Front,
    phrase::{Said, fit, nearest},
    provider::{Clock, Provider, Shared},
    seen::Seen,
    trouble::{Overload, Trouble},
};

/// Where webhooks go.
#[derive(Clone, Debug)]
pub(crate) struct Hooks {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) plugin: String,
}

/// A running outside system, whichever it is.
pub(crate) trait Service: Send + Sync {
    fn name(&self) -> &'static str;
    fn token(&self) -> &'static str;
    fn secret(&self) -> &'static str;
    fn address(&self) -> Option<SocketAddr>;
    fn requests(&self) -> Vec<Seen>;
    fn deliveries(&self) -> Vec<Delivery>;
    fn forms(&self) -> Vec<&'static str>;
    fn act(self: Arc<Self>, line: String, hooks: Hooks) -> Acting;
}

pub(crate) type Acting = std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// A running outside system.
pub(crate) struct Running<P> {
    shared: Arc<Shared<P>>,
    /// None for who only sends.
    door: Option<Door<P>>,
}

impl<P: Provider> Running<P> {
    pub(crate) async fn start(clock: Clock) -> io::Result<Arc<dyn Service>> {
        let shared = Arc::new(Shared::<P>::new(clock));
        let door = match P::routes(&shared) {
            Some(routes) => Some(Door::open(shared.clone(), routes).await?),
            None => None,
        };
        Ok(Arc::new(Self { shared, door }))
    }
}

impl<P: Provider> Service for Running<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn token(&self) -> &'static str {
        P::TOKEN
    }

    fn secret(&self) -> &'static str {
        self.shared.state().secret()
    }

    fn address(&self) -> Option<SocketAddr> {
        self.door.as_ref().map(|door| door.address)
    }

    fn requests(&self) -> Vec<Seen> {
        self.shared.front.seen().clone()
    }

    fn deliveries(&self) -> Vec<Delivery> {
        self.shared.sent().iter().map(|(_, delivery)| delivery.clone()).collect()
    }

    fn forms(&self) -> Vec<&'static str> {
        let listening = LISTENING.iter().filter(|_| self.door.is_some()).map(|(form, _)| *form);
        P::phrases().iter().map(|phrase| phrase.form).chain(listening).chain(SENDING.iter().map(|(form, _)| *form)).collect()
    }

    fn act(self: Arc<Self>, line: String, hooks: Hooks) -> Acting {
        Box::pin(async move { self.perform(&line, &hooks).await })
    }
}

/// What every service that listens can be told, and asked.
#[derive(Clone, Copy)]
enum Listening {
    Down,
    Up,
    Well,
    Slow,
    Answers,
    Overloaded,
    Nonsense,
    Garbage,
    Breaks,
    Redirects,
    Echoes,
    Forgets,
    GotTo,
    Got,
    GotNothing,
}

/// What every service can be told to send.
#[derive(Clone, Copy)]
enum Sends {
    LastAgain,
    Again,
    Forged,
}

/// Before a sentence of a service's own: it happens, and the webhook of it is lost on the way.
const QUIETLY: &str = "quietly ";

const LISTENING: &[(&str, Listening)] = &[
    ("is down", Listening::Down),
    ("is up", Listening::Up),
    ("is well", Listening::Well),
    ("is slow", Listening::Slow),
    ("answers", Listening::Answers),
    ("answers nonsense [COUNT times]", Listening::Nonsense),
    ("answers garbage [COUNT times]", Listening::Garbage),
    ("answers STATUS [COUNT times] [retry after SECONDS]", Listening::Overloaded),
    ("breaks [COUNT times]", Listening::Breaks),
    ("redirects to URL [COUNT times]", Listening::Redirects),
    ("echoes [COUNT times]", Listening::Echoes),
    ("forgets its requests", Listening::Forgets),
    ("got COUNT requests", Listening::Got),
    ("got COUNT requests to METHOD PATH", Listening::GotTo),
    ("got nothing that says TEXT...", Listening::GotNothing),
];

const SENDING: &[(&str, Sends)] = &[
    ("sends the last delivery again", Sends::LastAgain),
    ("forges the last delivery", Sends::Forged),
    // Last, for it fits what others do, too.
    ("sends TEXT...", Sends::Again),
];

impl<P: Provider> Running<P> {
    async fn perform(&self, line: &str, hooks: &Hooks) -> Result<(), String> {
        let now = self.shared.now();
        let quiet = line.strip_prefix(QUIETLY);
        for phrase in P::phrases() {
            if let Some(said) = fit(phrase.form, quiet.unwrap_or(line), now) {
                let sendings = (phrase.deed)(&mut self.shared.state(), &said)?;
                return match quiet {
                    Some(_) => {
                        sendings.into_iter().for_each(|sending| drop(self.make(sending)));
                        Ok(())
                    }
                    None => self.send(sendings, hooks).await,
                };
            }
        }
        for (form, what) in LISTENING {
            if let (Some(said), Some(door)) = (fit(form, line, now), &self.door) {
                return self.listening(*what, &said, door).await;
            }
        }
        for (form, what) in SENDING {
            if let Some(said) = fit(form, line, now)
                && let Some(sending) = self.known(said.maybe("TEXT"))?
            {
                return match what {
                    Sends::Forged => self.forge(&sending, hooks).await,
                    Sends::Again | Sends::LastAgain => self.send(vec![sending], hooks).await,
                };
            }
        }
        Err(self.refusal(line))
    }

    fn refusal(&self, line: &str) -> String {
        let name = P::NAME;
        match nearest(self.forms(), line) {
            Some(form) => format!("`{name} {line}` says nothing here; the nearest is `{name} {form}`"),
            None => format!("`{name} {line}` says nothing here"),
        }
    }

    async fn listening(&self, what: Listening, said: &Said, door: &Door<P>) -> Result<(), String> {
        let front = &self.shared.front;
        let order = |trouble| order(front, trouble, said);
        match what {
            Listening::Down => door.shut().await.map_err(|error| format!("{} cannot go down: {error}", P::NAME))?,
            Listening::Up => door.reopen().await.map_err(|error| format!("{} cannot come up: {error}", P::NAME))?,
            Listening::Well => front.mend(),
            Listening::Slow => front.hold(true),
            Listening::Answers => front.hold(false),
            Listening::Overloaded => order(Trouble::Answers(overload(said)?))?,
            Listening::Nonsense => order(Trouble::Nonsense)?,
            Listening::Garbage => order(Trouble::Garbage)?,
            Listening::Breaks => order(Trouble::Breaks)?,
            Listening::Redirects => order(Trouble::Redirects(said.text("URL").to_owned()))?,
            Listening::Echoes => order(Trouble::Echoes)?,
            Listening::Forgets => front.seen().clear(),
            Listening::Got => self.got(said, |_| true)?,
            Listening::GotTo => self.got(said, |seen| seen.is_to(said.text("METHOD"), said.text("PATH")))?,
            Listening::GotNothing => self.got_nothing(said.text("TEXT"))?,
        }
        Ok(())
    }

    fn got(&self, said: &Said, is_meant: impl Fn(&Seen) -> bool) -> Result<(), String> {
        let wanted = said.count("COUNT")?;
        let seen = self.shared.front.seen();
        let found = seen.iter().filter(|seen| is_meant(seen)).count() as u64;
        if found == wanted {
            return Ok(());
        }
        let all: String = seen.iter().map(|seen| format!("\n  {} {}", seen.method, seen.path)).collect();
        Err(format!("{} got {found} such requests, not {wanted}; in all:{}", P::NAME, if all.is_empty() { " none" } else { &all }))
    }

    fn got_nothing(&self, text: &str) -> Result<(), String> {
        match self.shared.front.seen().iter().find(|seen| seen.says(text)) {
            // The text may be a secret, so it is not said again.
            Some(seen) => Err(format!("{} got it, in {} {}", P::NAME, seen.method, seen.path.replace(text, "..."))),
            None => Ok(()),
        }
    }

    /// What is meant of all that was sent; nothing if the words are no words for it.
    fn known(&self, text: Option<&str>) -> Result<Option<Sending>, String> {
        let sent = self.shared.sent();
        let Some(text) = text else {
            let last = sent.last().map(|(sending, _)| sending.clone());
            return last.map(Some).ok_or_else(|| format!("{} has sent nothing yet", P::NAME));
        };
        let Some(about) = text.strip_suffix(" again") else { return Ok(None) };
        let found = sent.iter().rev().find(|(sending, _)| sending.about == about).map(|(sending, _)| sending.clone());
        let all: String = sent.iter().map(|(sending, _)| format!("\n  {}", sending.about)).collect();
        found
            .map(Some)
            .ok_or_else(|| format!("{} has not sent `{about}`; it sent:{}", P::NAME, if all.is_empty() { " nothing" } else { &all }))
    }

    async fn send(&self, sendings: Vec<Sending>, hooks: &Hooks) -> Result<(), String> {
        for sending in sendings {
            let about = sending.about.clone();
            let delivery = self.make(sending);
            let status = self.deliver(&delivery, hooks).await?;
            if !(200..300).contains(&status) {
                return Err(format!("the bot answered {status} to {}'s {about}", P::NAME));
            }
        }
        Ok(())
    }

    /// Signs it and writes it down, so that it can be sent again.
    fn make(&self, sending: Sending) -> Delivery {
        let delivery = sending.sign(self.secret(), self.shared.now());
        self.shared.sent().push((sending, delivery.clone()));
        delivery
    }

    /// Signs with a secret that is not the one, which the bot has to notice.
    async fn forge(&self, sending: &Sending, hooks: &Hooks) -> Result<(), String> {
        let delivery = sending.sign("whsec_bm90IHRoZSBzZWNyZXQgdGhhdCBpdCBzaG91bGQgYmU=", self.shared.now());
        match self.deliver(&delivery, hooks).await? {
            status if (200..300).contains(&status) => Err(format!("the bot took a forged {}, with {status}", sending.about)),
            _ => Ok(()),
        }
    }

    async fn deliver(&self, delivery: &Delivery, hooks: &Hooks) -> Result<u16, String> {
        let address = hooks.address.ok_or_else(|| format!("{} has nowhere to send to: the bot takes no webhooks", P::NAME))?;
        delivery.send(address, &hooks.plugin, P::NAME).await
    }
}

fn order(front: &Front, trouble: Trouble, said: &Said) -> Result<(), String> {
    let left = said.maybe_count("COUNT")?;
    if left == Some(0) {
        return Err("it is to happen at least once".to_owned());
    }
    front.order(trouble, left);
    Ok(())
}

fn overload(said: &Said) -> Result<Overload, String> {
    let refused = || format!("`{}` is no status from 400 to 599", said.text("STATUS"));
    let status: u16 = said.text("STATUS").parse().map_err(|_| refused())?;
    let status = StatusCode::from_u16(status).ok().filter(|status| status.is_client_error() || status.is_server_error());
    Ok(Overload { status: status.ok_or_else(refused)?, retry_after: said.maybe_count("SECONDS")? })
}
