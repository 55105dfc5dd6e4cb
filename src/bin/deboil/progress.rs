//! The progress bar: on a terminal only, and gone when the work is done.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::walk::Inputs;

/// A bar that counts inputs, or nothing.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    over: Arc<AtomicBool>,
}

impl Progress {
    /// No bar.
    pub(crate) fn none() -> Self {
        Self { bar: ProgressBar::hidden(), over: Arc::default() }
    }

    /// A bar on standard error, if that is a terminal. How many files there are is counted beside the work: to know
    /// it, nobody should have to wait.
    pub(crate) fn of(inputs: &Inputs) -> Self {
        if !io::stderr().is_terminal() {
            return Self::none();
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style());
        bar.enable_steady_tick(Duration::from_millis(100));
        let progress = Self { bar: bar.clone(), over: Arc::default() };
        let (inputs, over) = (inputs.clone(), Arc::clone(&progress.over));
        thread::spawn(move || {
            let count = inputs.iter().take_while(|_| !over.load(Ordering::Relaxed)).count();
            bar.set_length(count as u64);
        });
        progress
    }

    /// So many are done already, and say nothing of how fast the rest will be.
    pub(crate) fn skip(&self, files: u64) {
        self.bar.set_position(files);
        self.bar.reset_eta();
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.bar.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    let template = "{spinner} {human_pos}/{human_len} files {wide_bar} {eta}";
    ProgressStyle::with_template(template).expect("the template is constant, and a test uses it")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_is_well_formed() {
        super::style();
    }
}
