//! Nothing is lost, whatever happens: calls to the system fail, the disk is full, the program is killed.
//!
//! The real program works on real files. `docs/reliability.md` has the promises that are tested here, and the figures.

#![cfg(unix)]

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod cached;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod calls;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod injected;
mod killed;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod meddled;
#[cfg(feature = "parquet")]
#[path = "../parquet_files/mod.rs"]
mod parquet_files;
mod promises;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod rehearsal;
mod scene;
mod told;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracer;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod signalled;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
#[test]
fn calls_are_failed_on_linux_only() {
    told::skipped("system calls are made to fail on x86-64 Linux only");
}
