//! One connection's task: writes what it is told to, reads acks, and may be told to fall silent.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::Value;
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    AppId, SocketId,
    state::{Shared, socket::Outgoing},
};

/// How long a client may take to answer the close handshake.
const PARTING: Duration = Duration::from_secs(5);

/// What a client may send: an ack.
#[derive(Deserialize)]
struct Incoming {
    envelope_id: Option<String>,
    payload: Option<Value>,
}

/// How a connection goes on after a step.
enum Next {
    GoOn,
    Part,
    Drop,
}

/// Serves a connection until it ends, however it does.
pub(super) async fn run(
    stream: WebSocketStream<TcpStream>,
    app: AppId,
    debug_reconnects: bool,
    shared: Arc<Shared>,
    end: CancellationToken,
) {
    let (line, orders) = mpsc::unbounded_channel();
    let id = shared.state().connect(app, debug_reconnects, line);
    let connection = Connection { id, stream, orders, shared: shared.clone() };
    tokio::select! {
        () = connection.serve() => {}
        () = end.cancelled() => {}
    }
    shared.state().disconnect(id);
}

struct Connection {
    id: SocketId,
    stream: WebSocketStream<TcpStream>,
    orders: mpsc::UnboundedReceiver<Outgoing>,
    shared: Arc<Shared>,
}

impl Connection {
    async fn serve(mut self) {
        let mut batch = Vec::new();
        let next = loop {
            let next = tokio::select! {
                _ = self.orders.recv_many(&mut batch, 256) => self.carry_out(&mut batch).await,
                message = self.stream.next() => self.take(message),
            };
            if !matches!(next, Next::GoOn) {
                break next;
            }
        };
        if matches!(next, Next::Part) {
            let _late = timeout(PARTING, self.part()).await;
        }
    }

    /// Writes a batch of orders and flushes once.
    async fn carry_out(&mut self, batch: &mut Vec<Outgoing>) -> Next {
        // Nothing to carry out means that the double forgot this connection.
        let mut next = if batch.is_empty() { Next::Part } else { Next::GoOn };
        let mut orders = std::mem::take(batch).into_iter();
        while let Some(order) = orders.next() {
            let message = match order {
                Outgoing::Text(text) => Message::text(text),
                Outgoing::Binary(bytes) => Message::binary(bytes),
                Outgoing::Ping => Message::Ping("double".into()),
                Outgoing::Revive => continue,
                Outgoing::Cut => return self.cut(),
                Outgoing::Close => {
                    next = Next::Part;
                    break;
                }
                Outgoing::Silence => {
                    let _failed = self.stream.flush().await;
                    let kept = self.keep_silent(orders.by_ref().collect()).await;
                    let Some(kept) = kept else { return self.cut() };
                    orders = kept.into_iter();
                    continue;
                }
            };
            if self.stream.feed(message).await.is_err() {
                return Next::Drop;
            }
        }
        match self.stream.flush().await {
            Ok(()) => next,
            Err(_) => Next::Drop,
        }
    }

    /// A reset, which ends both halves at once; a mere end of our half would leave the client's open.
    fn cut(&self) -> Next {
        let _already_gone = self.stream.get_ref().set_zero_linger();
        Next::Drop
    }

    /// Collects orders until one is to revive; none if the connection is to end.
    async fn keep_silent(&mut self, mut kept: Vec<Outgoing>) -> Option<Vec<Outgoing>> {
        let ends = |order: &Outgoing| matches!(order, Outgoing::Cut | Outgoing::Close);
        while !kept.iter().any(|order| matches!(order, Outgoing::Revive)) {
            if kept.iter().any(ends) {
                return None;
            }
            kept.push(self.orders.recv().await?);
        }
        Some(kept)
    }

    fn take(&mut self, message: Option<Result<Message, Error>>) -> Next {
        match message {
            Some(Ok(Message::Text(text))) => self.take_ack(&text),
            Some(Ok(Message::Binary(_))) => {
                self.shared.state().complain("binary_frame", format!("{:?} sent a binary frame", self.id));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Next::Drop,
        }
        Next::GoOn
    }

    fn take_ack(&self, text: &str) {
        let mut state = self.shared.state();
        match serde_json::from_str::<Incoming>(text) {
            Ok(Incoming { envelope_id: Some(envelope), payload }) => state.acknowledge(self.id, &envelope, payload),
            _ => state.complain("not_an_ack", format!("{:?} sent {}", self.id, text.chars().take(200).collect::<String>())),
        }
    }

    /// The whole close handshake: acks may still come until the client has closed too.
    async fn part(&mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        if self.stream.close(Some(frame)).await.is_err() {
            return;
        }
        while let Some(Ok(message)) = self.stream.next().await {
            if let Message::Text(text) = message {
                self.take_ack(&text);
            }
        }
    }
}
