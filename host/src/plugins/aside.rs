//! Runs that compute for long. A quick one ends where it began, among everything else that the host does; those that take longer go on
//! behind everybody else, a tick each in turn, on no more than half of the processors: nobody waits for them but they for each other.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::thread;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

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

/// Where long runs go on: nowhere, before there is one.
#[derive(Debug, Default)]
pub(super) struct Aside(OnceLock<Runtime>);

impl Aside {
    /// What comes of the run. Whoever does not wait for it any more ends it.
    pub(super) async fn run<T: Send + 'static>(&self, run: impl Future<Output = T> + Send + 'static, long: Long) -> T {
        let mut run: Run<T> = Box::pin(run);
        let begun = poll_fn(|cx| match run.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if long.is_set() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        match begun.await {
            Some(done) => done,
            None => self.go_on(run).await,
        }
    }

    async fn go_on<T: Send + 'static>(&self, run: Run<T>) -> T {
        let mut going = JoinSet::new();
        going.spawn_on(run, self.0.get_or_init(behind_everybody).handle());
        let came = going.join_next().await.expect("it was put there");
        came.unwrap_or_else(|why| resume_unwind(why.into_panic()))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Whoever drops it may be a task, which must not wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn behind_everybody() -> Runtime {
    let mut threads = Builder::new_multi_thread();
    threads.worker_threads(half()).thread_name("plugin-aside").on_thread_start(step_back).enable_all();
    threads.build().expect("threads can be started")
}

fn half() -> usize {
    thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2))
}

type Run<T> = Pin<Box<dyn Future<Output = T> + Send>>;

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
    use futures_util::future::join_all;
    use std::collections::HashSet;
    use std::time::Duration;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn only_what_takes_long_goes_on_elsewhere() {
        let (aside, here) = (Aside::default(), thread::current().id());
        assert_eq!(aside.run(async { thread::current().id() }, Long::default()).await, here);
        let long = Long::default();
        let came = aside.run(takes_long(long.clone()), long).await;
        assert_ne!(came, here);
    }

    async fn takes_long(long: Long) -> thread::ThreadId {
        long.set();
        tokio::task::yield_now().await;
        thread::current().id()
    }

    #[tokio::test]
    async fn many_that_take_long_share_half_of_the_processors() {
        let aside = Aside::default();
        let runs = (0..20).map(|_| Long::default()).map(|long| aside.run(takes_long(long.clone()), long));
        let threads: HashSet<_> = join_all(runs).await.into_iter().collect();
        assert!(threads.len() <= half(), "{threads:?}");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends() {
        let aside = Aside::default();
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
        assert!(tokio::time::timeout(Duration::from_millis(50), aside.run(endless, long)).await.is_err());
        assert!(began.is_set());
        assert!((&mut gone).await.is_err(), "it was dropped");
    }
}
