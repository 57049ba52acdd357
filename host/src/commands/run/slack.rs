//! The bot in Slack.

use super::{Failure, asked_to_end, failure, start, stopped};
use crate::adapters::slack::times::Times;
use crate::adapters::slack::{Settings, Slack};
use crate::clock::Clock;
use crate::config::Config;
use crate::secrets::SlackTokens;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub async fn serve(config: Config, tokens: SlackTokens) -> Result<(), Failure> {
    let clock = Clock::machine();
    let settings = Settings {
        api_url: config.slack.api_url.clone(),
        tokens,
        connections: config.slack.connections,
        per_second: NonZeroU32::new(config.slack.messages_per_second),
        times: Times::default(),
    };
    // One for all waits: a signal that comes while the host starts counts.
    let mut asked_to_end = pin!(asked_to_end());
    let began = tokio::select! {
        began = Slack::begin(settings, clock.clone()) => began,
        () = &mut asked_to_end => return Ok(()),
    };
    let slack = Arc::new(began.map_err(failure)?);
    let host = start(&config, slack.clone(), clock).await?;
    tracing::info!(plugins = host.plugins.registry().present().count(), "ready");
    let hang_up = CancellationToken::new();
    let mut listening = tokio::spawn(Arc::clone(&slack).listen(host.intake.clone(), hang_up.clone()));
    let ended = tokio::select! {
        ended = &mut listening => return ended.map_err(failure)?.map_err(failure),
        () = host.stopping() => Err(stopped()),
        () = &mut asked_to_end => Ok(()),
    };
    hang_up.cancel();
    listening.await.map_err(failure)?.map_err(failure)?;
    host.stop().await;
    ended
}
