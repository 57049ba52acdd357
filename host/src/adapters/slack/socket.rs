//! One Socket Mode connection, from its ticket to its close.

use super::envelope::{self, Ack, Envelope, Frame, Hello, Reason};
use super::times::Times;
use super::web::{Web, WebError};
use crate::secrets::Token;
use async_trait::async_trait;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Debug;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Whoever takes what comes.
#[async_trait]
pub trait Receiver: Send + Sync + Debug {
    /// Takes an envelope. True once it is safe on disk, or not wanted any more: then it is acknowledged; else Slack sends it again.
    async fn receive(&self, envelope: Envelope) -> bool;
}

/// A connection over which Slack has said hello.
#[derive(Debug)]
pub struct Socket {
    stream: Stream,
    pub hello: Hello,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Ticket(#[from] WebError),
    #[error("Slack did not say hello: {0}")]
    NoHello(&'static str),
    /// Slack said goodbye before it said hello.
    #[error("Slack refused the connection")]
    Disconnected(Reason),
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In an orderly way, after another one was asked for.
    Left,
    /// It broke.
    Cut(String),
    Disabled,
    Crowded,
}

/// Opens one connection and waits for its hello. All of it together may take one step, so that what hangs in an outage does not outlast it
/// for long.
pub async fn open(web: &Web, app: &Token, times: &Times) -> Result<Socket, OpenError> {
    timeout(times.step, greeted(web, app)).await.unwrap_or(Err(OpenError::NoHello("it took too long")))
}

async fn greeted(web: &Web, app: &Token) -> Result<Socket, OpenError> {
    let url = web.open_connection(app).await?;
    let mut stream = connect(&url).await?;
    loop {
        let Some(Ok(message)) = stream.next().await else { return Err(OpenError::NoHello("the connection broke")) };
        match message.to_text().ok().and_then(envelope::read) {
            Some(Frame::Hello(hello)) => return Ok(Socket { stream, hello }),
            Some(Frame::Disconnect(reason)) => return Err(OpenError::Disconnected(reason)),
            // Not acknowledged, so it comes again.
            Some(Frame::Envelope(_)) | None => {}
        }
    }
}

/// An error of this step may print the address, and that has a ticket in it.
async fn connect(url: &SecretString) -> Result<Stream, OpenError> {
    match tokio_tungstenite::connect_async_with_config(url.expose_secret(), None, true).await {
        Ok((stream, _)) => Ok(stream),
        Err(tungstenite::Error::Http(_)) => Err(OpenError::NoHello("the server refused")),
        Err(tungstenite::Error::Tls(_)) => Err(OpenError::NoHello("the server's certificate is not trusted")),
        Err(_) => Err(OpenError::NoHello("no connection")),
    }
}

/// How somebody else's connection can be told to end, and how it tells that it is about to.
#[derive(Clone, Debug, Default)]
pub struct Reins {
    /// Cancelled by the connection: Slack wants another one to be opened.
    pub retiring: CancellationToken,
    /// Cancelled from outside: close in an orderly way.
    pub leave: CancellationToken,
}

impl Socket {
    /// Takes what comes until the connection ends; never waits for what it handed over.
    pub async fn serve(self, receiver: Arc<dyn Receiver>, times: &Times, reins: &Reins) -> Ending {
        let mut serving = Serving { stream: self.stream, receiver, times, heard: Instant::now(), open: FuturesUnordered::new() };
        let ending = serving.run(reins).await;
        match ending {
            // There may be nobody any more at the other end, and a successor must not wait for their farewell.
            Ending::Cut(_) => drop(serving.stream.close(None).now_or_never()),
            _ => serving.close().await,
        }
        ending
    }

    /// Closes it without having used it.
    pub async fn close(mut self, times: &Times) {
        let _ = timeout(times.step, self.stream.close(None)).await;
    }
}

struct Serving<'t> {
    stream: Stream,
    receiver: Arc<dyn Receiver>,
    times: &'t Times,
    /// When the peer last gave a sign of life.
    heard: Instant,
    /// Envelopes that are not acknowledged yet. Each is begun in the order of arrival.
    open: FuturesUnordered<futures_util::future::BoxFuture<'static, Option<String>>>,
}

/// What is left to do after one step; an error ends the connection.
type Step = Result<(), Ending>;

impl Serving<'_> {
    async fn run(&mut self, reins: &Reins) -> Ending {
        let mut ping = interval(self.times.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let silent = sleep_until(self.heard + self.times.silence());
            let step = tokio::select! {
                message = self.stream.next() => self.take(message, reins),
                Some(done) = self.open.next() => self.acknowledge(done).await,
                _ = ping.tick() => self.send(Message::Ping(Bytes::new())).await,
                () = silent => Err(Ending::Cut("the other side has gone silent".to_owned())),
                () = reins.leave.cancelled() => Err(Ending::Left),
            };
            if let Err(ending) = step {
                let left = matches!(ending, Ending::Cut(_)) && reins.retiring.is_cancelled();
                return if left { Ending::Left } else { ending };
            }
        }
    }

    fn take(&mut self, message: Option<Result<Message, tungstenite::Error>>, reins: &Reins) -> Step {
        self.heard = Instant::now();
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(_))) | None => return Err(Ending::Cut("Slack closed it".to_owned())),
            Some(Err(why)) => return Err(Ending::Cut(broken(&why).to_owned())),
            // Pings are answered by the library.
            Some(Ok(_)) => return Ok(()),
        };
        match envelope::read(&text) {
            Some(Frame::Envelope(envelope)) => self.hand_over(envelope),
            Some(Frame::Disconnect(Reason::Refresh)) => reins.retiring.cancel(),
            Some(Frame::Disconnect(Reason::Disabled)) => return Err(Ending::Disabled),
            Some(Frame::Disconnect(Reason::Crowded)) => return Err(Ending::Crowded),
            Some(Frame::Hello(_)) => {}
            None => tracing::warn!(bytes = text.len(), "Slack sent something that cannot be read"),
        }
        Ok(())
    }

    fn hand_over(&mut self, envelope: Envelope) {
        let receiver = Arc::clone(&self.receiver);
        let id = envelope.id.clone();
        self.open.push(async move { receiver.receive(envelope).await.then_some(id) }.boxed());
    }

    /// Acknowledges one envelope, and whatever else is ready by now with the same packet.
    async fn acknowledge(&mut self, first: Option<String>) -> Step {
        let mut done = first;
        loop {
            if let Some(id) = done {
                self.feed(&id).await?;
            }
            match self.open.next().now_or_never() {
                Some(Some(next)) => done = next,
                _ => break,
            }
        }
        let flushed = timeout(self.times.step, self.stream.flush()).await;
        flushed.map_err(|_| stuck())?.map_err(|why| Ending::Cut(broken(&why).to_owned()))
    }

    async fn feed(&mut self, id: &str) -> Step {
        let ack = serde_json::to_string(&Ack { envelope_id: id }).unwrap_or_default();
        let fed = timeout(self.times.step, self.stream.feed(Message::text(ack))).await;
        fed.map_err(|_| stuck())?.map_err(|why| Ending::Cut(broken(&why).to_owned()))
    }

    async fn send(&mut self, message: Message) -> Step {
        let sent = timeout(self.times.step, self.stream.send(message)).await;
        sent.map_err(|_| stuck())?.map_err(|why| Ending::Cut(broken(&why).to_owned()))
    }

    /// What was handed over is acknowledged if there is still somebody to hear it; then the closing handshake.
    async fn close(&mut self) {
        let patience = self.times.farewell;
        let farewell = async {
            while let Some(done) = self.open.next().await {
                if self.acknowledge(done).await.is_err() {
                    return;
                }
            }
            if self.stream.close(None).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        let _ = timeout(patience, farewell).await;
    }
}

fn stuck() -> Ending {
    Ending::Cut("the other side does not read".to_owned())
}

/// Without what the error carries along.
fn broken(why: &tungstenite::Error) -> &'static str {
    match why {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => "it was closed",
        tungstenite::Error::Io(_) => "the connection broke",
        tungstenite::Error::Capacity(_) => "a frame was too large",
        tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_) => "the other side broke the protocol",
        _ => "it failed",
    }
}
