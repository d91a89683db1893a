//! The command line: arguments in, exit code out. A panic is our own mistake, and is said to be one.
#![expect(clippy::disallowed_methods, reason = "here the program begins and ends")]

use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::sync::Once;

use mimalloc::MiMalloc;

/// Millions of small values come and go on all processors: this allocator gives back to the system what one step needed before the
/// next one needs as much, and takes up to a quarter less time. Its second version without huge pages keeps the least.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    panic::set_hook(Box::new(report));
    match panic::catch_unwind(|| ingressc::cli::run(std::env::args_os())) {
        Ok(status) => status.into(),
        Err(_) => ingressc::cli::Status::Failed.into(),
    }
}

/// Says where the mistake is. What was panicked with is not said: it can hold a piece of the input, and that can be a secret.
fn report(panic: &PanicHookInfo<'_>) {
    // Threads that work side by side fail side by side.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        // Where standard error is closed, nobody can be told.
        let _ = writeln!(std::io::stderr(), "internal error{place} in ingressc {version}: please report it with the command and its input");
    });
}
