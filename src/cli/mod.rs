//! The command line: what people type, and the only place that reads and writes files.
//!
//! Each command has a file of its own. Results go to standard output, everything else to standard error.
#![expect(clippy::disallowed_methods, reason = "this is the room that touches the world")]

mod advisories;
mod baseline;
mod build;
mod catalog;
mod check;
mod completions;
mod config;
mod console;
mod controller;
mod deployment;
mod diff;
mod dump;
mod files;
mod fix;
mod folder;
mod golden;
mod inputs;
mod inventory;
mod kubectl;
mod levels;
mod man;
mod origins;
mod output;
mod patterns;
mod plugin;
mod policy;
mod progress;
mod project;
mod releases;
mod remarks;
mod render;
mod routing;
mod rules;
mod side;
mod suppressions;
mod text;
mod upgrade;
mod watch;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand};

use crate::diagnostic::Diagnostic;
use crate::emit::{self, TARGETS};
use crate::output::untrusted::{is_deceptive, many_lines};
use crate::source::SourceMap;
use console::Console;

pub use config::complaints_about_settings;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing to complain about.
    Clean,
    /// There are findings that count, or differences.
    Findings,
    /// The job could not be done, or not the whole of it.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        })
    }
}

/// Why a command ended early.
enum Failure {
    /// Mistakes in a file that the run cannot do without.
    Findings(SourceMap, Vec<Diagnostic>),
    /// The machine's trouble.
    Machine(anyhow::Error),
}

impl Failure {
    /// Says it.
    fn tell(&self, console: &Console) {
        match self {
            Self::Findings(sources, findings) => console.findings(findings, 0, sources),
            Self::Machine(error) => console.error(error),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Machine(error)
    }
}

/// How a list of facts is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ListFormat {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For documentation.
    Markdown,
}

/// How something is written that has rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For spreadsheets.
    Csv,
    /// For documentation.
    Markdown,
    /// A page.
    Html,
}

const ABOUT: &str = "Compiles Kubernetes Ingress manifests to proxy configuration: what ingress-nginx would write, nginx, or HAProxy";

const EXAMPLES: &str = "\
Examples:
  ingressc check manifests/
      What is wrong with the manifests in a folder, before they are applied
  ingressc render manifests/ --target ingress-nginx
      The nginx.conf that ingress-nginx would write for the manifests in a folder
  ingressc render manifests/ --target haproxy -o out/
      A configuration that gives the same answers without the controller
  ingressc diff manifests/ --live nginx.conf
      How what a controller serves differs from what the manifests declare, and why
  kubectl get ingress,service,configmap -A -o yaml | ingressc render - --target ingress-nginx
      The controller's nginx.conf for what a cluster holds
  ingressc render manifests/ --target ingress-nginx -o golden/ --check
      Fail where the configuration is no longer the one in golden/

Exit codes: 0 nothing found, 1 errors found or files differ, 2 the job could not be done";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "ingressc", version, about = ABOUT, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of all commands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto, value_enum, hide_default_value = true)]
    color: ColorChoice,
    /// Show errors only: no warnings, no notes, no progress
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Settings file [default: the next ingressc.toml upwards in the repository]
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the configuration that a proxy would get
    Render(render::Render),
    /// Say what is misspelt, ignored, unsafe or about to break, before it is applied
    Check(check::Check),
    /// Say how what is declared differs from what is live, or what a change does, and why
    Diff(diff::Diff),
    /// Say what becomes of a request, and why
    Explain(routing::Explain),
    /// Prove that every request is answered alike on two sides, or show the smallest one that is not
    Prove(routing::Prove),
    /// List all routes in the order in which they are compared, with what protects them
    Routes(routing::Routes),
    /// List what there is and who has it, and what of it nginx, HAProxy and the Gateway API can say
    Inventory(Box<inventory::Inventory>),
    /// Say which expectations on requests hold, and what none of them touches
    Test(routing::Test),
    /// Say which requests of access logs are answered otherwise
    Replay(Box<routing::Replay>),
    /// Explain the rules of `check`
    Rules(rules::Rules),
    /// List the published faults of the controller and of the nginx inside, and what reaches them
    Advisories(advisories::Advisories),
    /// Show what the controller knows: annotations and ConfigMap keys
    Catalog(catalog::Catalog),
    /// Tell what differs between releases of the controller
    Releases(releases::Releases),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print a manual page
    Man(man::Man),
}

/// Runs one command; the first argument is the name of the program.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> Status {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.first().is_some_and(|program| plugin::is_meant(program)) {
        args = plugin::arguments(args, command());
    }
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // What repeats an argument that a terminal would obey has no styles, which are not told apart from it. Help for a reader
            // that has gone is no mistake.
            let _ = match args.iter().all(|arg| arg.to_str().is_some_and(|arg| !arg.contains(is_deceptive))) {
                true => error.print(),
                false => std::io::stderr().write_all(many_lines(&error.render().to_string()).as_bytes()),
            };
            return if error.use_stderr() { Status::Failed } else { Status::Clean };
        }
    };
    let console = Console::new(cli.global.color, cli.global.quiet);
    let outcome = match &cli.command {
        Command::Render(command) => command.run(&cli.global, &console),
        Command::Check(command) => command.run(&cli.global, &console),
        Command::Diff(command) => command.run(&cli.global, &console),
        Command::Explain(command) => command.run(&cli.global, &console),
        Command::Prove(command) => command.run(&cli.global, &console),
        Command::Routes(command) => command.run(&cli.global, &console),
        Command::Inventory(command) => command.run(&cli.global, &console),
        Command::Test(command) => command.run(&cli.global, &console),
        Command::Replay(command) => command.run(&cli.global, &console),
        Command::Advisories(command) => command.run(&console).map_err(Failure::from),
        Command::Rules(command) => command.run(&console).map_err(Failure::from),
        Command::Catalog(command) => command.run(&console).map_err(Failure::from),
        Command::Releases(command) => command.run(&console).map_err(Failure::from),
        Command::Completions(command) => command.run(&console).map_err(Failure::from),
        Command::Man(command) => command.run(&console).map_err(Failure::from),
    };
    outcome.unwrap_or_else(|failure| {
        failure.tell(&console);
        Status::Failed
    })
}

/// Reads the name of a target.
fn target_parser() -> impl clap::builder::TypedValueParser<Value = &'static str> {
    let names = TARGETS.iter().map(|target| target.name());
    PossibleValuesParser::new(names).try_map(|name| {
        let found = emit::find(&name).map(emit::Target::name);
        found.ok_or("no such target")
    })
}

/// The whole command line as clap sees it, for completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples() {
        for command in command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let shows = help.starts_with("Examples:\n  ") && help.contains(&format!("\n  ingressc {}", command.get_name()));
            assert!(shows, "{}", command.get_name());
        }
    }
}
