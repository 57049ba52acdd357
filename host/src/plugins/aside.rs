//! Runs that compute for long. A quick one ends where it began, among everything else that the host does; one that takes longer goes on in
//! a thread of its own behind everybody else, so that nobody waits for it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::thread;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Set by a run that turns out to take long.
#[derive(Clone, Debug, Default)]
pub struct Long(Arc<AtomicBool>);

impl Long {
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What comes of the run. Whoever does not wait for it any more ends it.
pub async fn run<T: Send + 'static>(run: impl Future<Output = T> + Send + 'static, long: Long) -> T {
    let mut run: Run<T> = Box::pin(run);
    let begun = poll_fn(|cx| match run.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if long.is_set() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    });
    match begun.await {
        Some(done) => done,
        None => aside(run).await,
    }
}

type Run<T> = Pin<Box<dyn Future<Output = T> + Send>>;

async fn aside<T: Send + 'static>(run: Run<T>) -> T {
    let (mut done, awaited) = oneshot::channel();
    let runtime = Handle::current();
    let go_on = move || {
        step_back();
        runtime.block_on(async {
            tokio::select! {
                came = run => drop(done.send(came)),
                () = done.closed() => {}
            }
        });
    };
    thread::Builder::new().name("plugin-aside".to_owned()).spawn(go_on).expect("a thread can be started");
    awaited.await.expect("the run comes to an end")
}

/// On Linux a thread has a priority of its own. Where it has not, or may not be changed, it is a thread like all others.
#[cfg(target_os = "linux")]
fn step_back() {
    let _ = rustix::process::nice(19);
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn only_what_takes_long_goes_on_elsewhere() {
        let here = thread::current().id();
        assert_eq!(run(async { thread::current().id() }, Long::default()).await, here);
        let long = Long::default();
        let came = run(takes_long(long.clone()), long).await;
        assert_ne!(came, here);
    }

    async fn takes_long(long: Long) -> thread::ThreadId {
        long.set();
        tokio::task::yield_now().await;
        thread::current().id()
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends() {
        let (alive, mut gone) = oneshot::channel::<()>();
        let (long, began) = (Long::default(), Long::default());
        let endless = {
            let (long, began) = (long.clone(), began.clone());
            async move {
                let _alive = alive;
                long.set();
                began.set();
                std::future::pending::<()>().await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(50), run(endless, long)).await.is_err());
        assert!(began.is_set());
        assert!((&mut gone).await.is_err(), "it was dropped");
    }
}
