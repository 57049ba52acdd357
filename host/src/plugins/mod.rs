//! Plugins: from a file in a folder to a build that serves.
//!
//! ```text
//! folder ──▶ files ──▶ loader: inspect ▶ compiler (cache) ▶ describe (check) ──▶ registry: admitted
//!                                                                                     │
//!                instance: one fresh run for each event ◀── live ◀── threshold: may it serve?
//! ```
//!
//! Only this module and [`capabilities`](crate::capabilities) know the engine.

mod aside;
pub mod check;
pub mod compiler;
pub mod contract;
pub mod diary;
pub mod engine;
pub mod files;
pub mod generation;
pub mod grants;
pub mod inspect;
pub mod instance;
pub mod interfaces;
pub mod limits;
pub mod live;
pub mod loader;
pub mod machine;
pub mod news;
pub mod registry;
pub mod rejection;
pub mod settings;
pub mod strategy;
pub mod threshold;

mod cache;
mod folder;
mod output;
pub mod patterns;
mod pulse;

pub use cache::Cache;
pub use compiler::Compiler;
pub use engine::Engine;
pub use files::FileState;
pub use generation::{Digest, Generation};
pub use live::{Canary, Plugins};
pub use loader::{Loader, Policy};
pub use news::News;
pub use registry::Registry;
pub use rejection::Rejection;
pub use strategy::Strategy;
pub use threshold::{Candidate, Crossing, Open, Threshold};
