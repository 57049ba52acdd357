//! Deploy in a room of its own: conversations, providers that answer, and what no conversation can show.

mod checks;
mod codes;
mod configuration;
mod locks;
mod outside;
mod providers;
mod rights;
mod runs;
mod scene;
mod views;
mod walk;
