//! GitHub, GitLab, Jenkins and others on the loopback, for transcripts and tests.
//!
//! ```no_run
//! # fn example(hooks: std::net::SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
//! use provider_double::Outside;
//!
//! let outside = Outside::open(jiff::Timestamp::now)?;
//! outside.act("github acme/web has main at 3f2a9c1", None, "deploy")?;
//! // ... the bot deploys over HTTP, at the address that `addresses` tells ...
//! outside.act("github has 1 deployment", None, "deploy")?;
//! outside.act("github deployment 1 is success", Some(hooks), "deploy")?;
//! # Ok(())
//! # }
//! ```
//!
//! They are built from what each service documents, not from what our client sends, and they are strict where the service is. Comments
//! that state a rule name the page that it is from, in quotes. Times are the caller's, for transcripts have a clock of their own.
//!
//! # The words
//!
//! A line is the name of a service and one of these forms. A word in capitals stands for one word, `TEXT...` for all that is left, and
//! what is in brackets may be left out. A plural and its singular are the same, and so are `no` and `0`. A line that has no form is
//! refused with the nearest one. Where a webhook is sent it is a step's failure if the bot does not answer it with 2xx.
//!
//! | Every service | |
//! |---|---|
//! | `is down` | Connections are refused, and those that are open end. |
//! | `is up` | It listens again, at the same port. |
//! | `is slow` | Requests are carried out, and their answers are held. |
//! | `answers` | Held answers go out, and none is held any more. |
//! | `answers STATUS [COUNT times] [retry after SECONDS]` | Nothing is done; without a count until it `is well`. |
//! | `answers nonsense [COUNT times]` | Done, and answered with JSON that has nothing to do with it. |
//! | `answers garbage [COUNT times]` | Done, and answered with a page for people. |
//! | `breaks [COUNT times]` | Done, and the connection is closed without a word. |
//! | `redirects to URL [COUNT times]` | Nothing is done; 307. |
//! | `echoes [COUNT times]` | Nothing is done; the answer is made of the headers that came. |
//! | `is well` | None of this happens any more. |
//! | `got COUNT requests` | Fails if it is not so. |
//! | `got COUNT requests to METHOD PATH` | As well, of those whose path begins like this. |
//! | `got nothing that says TEXT...` | Fails if the text is in any path, header or body: for secrets. |
//! | `forgets its requests` | From here on they are counted anew. |
//! | `sends the last delivery again` | With the same id. |
//! | `sends TEXT... again` | The same for an earlier one: `sends deployment status success of 1 again`. |
//! | `forges the last delivery` | The same with a signature that is wrong; fails if the bot takes it. |
//! | `quietly ...` | Before a sentence of the tables below: it happens, and its webhook is lost; it can be sent again. |
//!
//! | `github` | |
//! |---|---|
//! | `REPO has BRANCH at SHA [saying TEXT...]` | The branch points there; the text is the commit's message. A short SHA is filled up. |
//! | `REPO has tag TAG at SHA` | |
//! | `REPO conflicts on BRANCH` | It cannot be merged with the default branch. |
//! | `REPO CONTEXT is STATE on SHA` | A commit status; nobody is told. |
//! | `REPO reports CONTEXT STATE on SHA [saying TEXT...]` | A commit status, and `status` is sent. |
//! | `REPO check NAME is STATE on SHA` | A check run; nobody is told. |
//! | `REPO suite is STATE on SHA` | `check_suite` is sent. |
//! | `REPO workflow NAME is STATE on SHA` | `workflow_run` is sent. |
//! | `REPO pushes BRANCH to SHA [saying TEXT...]` | `push` is sent. |
//! | `REPO pings` | `ping` is sent. |
//! | `deployment ID is STATE [saying TEXT...]` | The status is added, and `deployment_status` is sent (but for `inactive`). |
//! | `sends deployment ID` | `deployment` is sent. |
//! | `sends what is due` | What was done over the API is told, too: `deployment` and `deployment_status`, in their order. |
//! | `sends statuses of ID STATES...` | They are made in the order in which they can be, a second apart, and sent as said. |
//! | `deployment ID is of SHA to ENVIRONMENT` | Fails if it is not so. |
//! | `has COUNT deployments` | Fails if it is not so. |
//! | `has COUNT requests left` | Of its limit, until the hour is over; then 403 without `Retry-After`. |
//!
//! | `gitlab` | |
//! |---|---|
//! | `signs its webhooks` | With its signing token: `webhook-signature`. |
//! | `sends its secret` | In `X-Gitlab-Token`, as it does at first. |
//! | `REPO has BRANCH at SHA [saying TEXT...]` | As at GitHub. |
//! | `REPO has tag TAG at SHA` | |
//! | `REPO JOB is STATUS on SHA` | What CI says of a commit; nobody is told. |
//! | `REPO pushes BRANCH to SHA [saying TEXT...]` | `Push Hook` is sent. |
//! | `pipeline ID is STATUS` | `Pipeline Hook` is sent. |
//! | `sends what is due` | What was done to pipelines over the API is told, too. |
//! | `REPO deploys SHA to ENVIRONMENT` | A deployment runs, and `Deployment Hook` is sent. |
//! | `deployment ID is STATUS` | `Deployment Hook` is sent. |
//! | `pipeline ID is of SHA` | Fails if it is not so. |
//! | `pipeline ID is of SHA with KEY as VALUE` | As well, with this variable. |
//! | `has COUNT pipelines` | Fails if it is not so. |
//! | `has COUNT deployments` | Fails if it is not so. |
//!
//! | `jenkins` | |
//! |---|---|
//! | `has job JOB [with PARAMETERS...]` | A job, as `team/web` in a folder; parameters are `NAME` or `NAME=default`, and others are ignored. |
//! | `queues item ID` | What waits in the queue is told as `QUEUED`. |
//! | `starts item ID` | It becomes a build, and `STARTED` is sent. |
//! | `drops item ID` | It is taken out of the queue; nobody is told. |
//! | `build NUMBER of JOB is RESULT` | It ends, and `COMPLETED` and `FINALIZED` are sent. |
//! | `shows its password` | Notifications carry user and password, which is all that the Notification plugin can send. |
//! | `shows a bearer` | They carry a bearer, as a proxy before Jenkins could add it, and as they do at first. |
//! | `item ID has NAME as VALUE` | Fails if the parameter is not so. |
//! | `build NUMBER of JOB has NAME as VALUE` | As well. |
//! | `has COUNT items` | Fails if not so many were put into the queue. |
//! | `has COUNT builds of JOB` | Fails if it is not so. |
//!
//! | `generic` | |
//! |---|---|
//! | `job ID is STATE [saying TEXT...]` | It calls back. |
//! | `job ID was asked for with TEXT...` | Fails if a field of the request is not so: `app=web`. |
//! | `has COUNT jobs` | Fails if it is not so. |
//!
//! | `alertmanager` | It only sends, with a bearer. |
//! |---|---|
//! | `fires ALERT on INSTANCE [as SEVERITY] [saying TEXT...]` | All that fires under this name is sent. |
//! | `fires ALERT on COUNT instances [as SEVERITY] [saying TEXT...]` | So many at once: `web-1`, `web-2`, ... |
//! | `resolves ALERT on INSTANCE` | It is told once more, as resolved. |
//!
//! | `nagios` | It only sends, with a bearer. |
//! |---|---|
//! | `HOST SERVICE is STATE [saying TEXT...]` | A problem, or a recovery with `OK`. |
//! | `host HOST is STATE [saying TEXT...]` | The same of a host, which is well with `UP`. |
//! | `HOST SERVICE is acknowledged by PERSON [saying TEXT...]` | |
//!
//! # Forgeries
//!
//! [`forge::forge`] makes from one good delivery as many bad ones as are wanted, and [`forge::replay`] as many repeats;
//! [`Outside::deliver`] sends any of them.
//!
//! # The map
//!
//! `outside` starts the services and finds the one that a line is for; `service` is one that runs, with the words that all know, and
//! `phrase` is how a line is read. A request's way: `door` is the port, `front` writes it down and knows what was ordered to go wrong
//! (`trouble`), and the service's own routes carry it out on its state (`provider`). A webhook's way: a phrase makes it, `signature` shows
//! whose it is, `delivery` sends it. `git` is the repositories that the forges have.

mod alertmanager;
mod delivery;
mod door;
pub mod forge;
mod front;
mod generic;
mod git;
mod github;
mod gitlab;
mod jenkins;
mod nagios;
mod outside;
mod phrase;
mod provider;
mod query;
mod seen;
mod service;
mod signature;
mod trouble;

pub use delivery::Delivery;
pub use outside::Outside;
pub use seen::Seen;
pub use signature::Signature;
