//! Signals. Ctrl-C: what is in work is finished, so that no temporary file stays behind; a second one ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::status::Status;

/// Makes a file that grows beyond the limit of the process (`ulimit -f`) an error like that of a full disk, where it would
/// end the program.
pub(crate) fn survive_file_limits() {
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Whether the user wants to stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Watches for signals from now on. Where they cannot be watched, they end the program as they always did.
    pub(crate) fn watch() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds `asked` unset, and sets it.
            let end =
                flag::register_conditional_shutdown(signal, Status::Interrupted.code().into(), Arc::clone(&asked));
            let _ = end.and_then(|_| flag::register(signal, Arc::clone(&asked)));
        }
        Self(asked)
    }

    /// Whether the user asked to stop.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
