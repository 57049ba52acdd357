//! Lingering close: a sender that was answered before all of its request was read gets the answer.
//!
//! Without it the system would reset the connection because of what is still coming in, and the sender would find that instead.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a sender is listened to that has its answer already.
const PATIENCE: Duration = Duration::from_secs(2);

/// Stream that, once it is shut down, reads what is still sent and forgets it.
#[derive(Debug)]
pub(super) struct Lingering {
    stream: TcpStream,
    patience: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, patience: None }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.patience.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        let Self { stream, patience } = &mut *self;
        let patience = patience.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        let mut forgotten = [0; 16 * 1024];
        loop {
            if patience.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut forgotten = ReadBuf::new(&mut forgotten);
            match ready!(Pin::new(&mut *stream).poll_read(cx, &mut forgotten)) {
                Ok(()) if !forgotten.filled().is_empty() => {}
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}
