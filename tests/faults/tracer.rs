//! Runs a program, stops it at each system call that concerns a file below a directory, and lets one of them fail.
//!
//! So nothing of this is in the program, and what is tested is all that it does, its libraries included. A debugger works
//! in the same way (ptrace(2)), and so does `strace --inject`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::errno::Errno;
use nix::libc::{PTRACE_SYSCALL_INFO_ENTRY, user_regs_struct};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::calls::{Fault, Subject, SystemCall};
use crate::scene::STDOUT;

/// A call that a program made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) what: SystemCall,
    /// What it is about, below the directory.
    pub(crate) path: PathBuf,
    /// What has another name after it.
    pub(crate) from: Option<PathBuf>,
}

/// What a program did.
#[derive(Debug)]
pub(crate) struct Traced {
    /// The calls that concern files below the directory, up to the one with the fault.
    pub(crate) calls: Vec<Call>,
    /// Its exit status; none if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stderr: String,
}

/// Keeps this thread, and the programs that it starts, on one processor: to stop a program costs a fraction of what it
/// costs on another one. Threads take turns in what they get.
pub(crate) fn stay_on_one_processor() {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let Ok(allowed) = sched_getaffinity(Pid::from_raw(0)) else { return };
    let allowed: Vec<usize> = (0..CpuSet::count()).filter(|&number| allowed.is_set(number) == Ok(true)).collect();
    let mut one = CpuSet::new();
    let number = allowed[NEXT.fetch_add(1, Ordering::Relaxed) % allowed.len()];
    // It is slower without.
    let _ = one.set(number).and_then(|()| sched_setaffinity(Pid::from_raw(0), &one));
}

/// Runs a program below a directory. The call with a number, counted from 0, has a fault, if one is given.
///
/// An error says that the system does not let us stop another program.
pub(crate) fn run(
    program: &Path,
    args: &[&str],
    directory: &Path,
    fault: Option<(usize, Fault)>,
) -> Result<Traced, Errno> {
    let stderr = tempfile::NamedTempFile::new().unwrap();
    let stopped = stopped(program, args, directory, stderr.as_file());
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    if let Err(error) = ptrace::seize(stopped, options) {
        kill(stopped, Signal::SIGKILL).unwrap();
        waitpid(stopped, None).unwrap();
        return Err(error);
    }
    kill(stopped, Signal::SIGCONT).unwrap();
    let mut tracer = Tracer {
        process: stopped,
        directory: fs::canonicalize(directory).unwrap(),
        fault,
        has_begun: false,
        overridden: None,
        is_over: false,
        calls: Vec::new(),
    };
    let status = tracer.follow();
    Ok(Traced { calls: tracer.calls, status, stderr: fs::read_to_string(stderr.path()).unwrap() })
}

/// The directory of the cache of rules, below the one in which a program runs.
pub(crate) const CACHE: &str = "cache";

/// Starts a program that waits for a signal to go on.
#[expect(clippy::zombie_processes, reason = "who follows it waits for it")]
fn stopped(program: &Path, args: &[&str], directory: &Path, stderr: &File) -> Pid {
    let stdout = File::options().append(true).create(true).open(directory.join(STDOUT)).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -STOP $$; exec \"$@\"", "sh"]).arg(program).args(args).current_dir(directory);
    shell.env("DEBOIL_CACHE_DIR", CACHE).stdin(Stdio::null()).stdout(stdout).stderr(stderr.try_clone().unwrap());
    let child = shell.spawn().unwrap();
    let process = Pid::from_raw(child.id().cast_signed());
    let waited = waitpid(process, Some(WaitPidFlag::WUNTRACED)).unwrap();
    assert_eq!(waited, WaitStatus::Stopped(process, Signal::SIGSTOP));
    process
}

struct Tracer {
    process: Pid,
    directory: PathBuf,
    fault: Option<(usize, Fault)>,
    /// Whether the program itself runs, and not the shell that starts it.
    has_begun: bool,
    /// What a thread is to be told that its call gave.
    overridden: Option<(Pid, Errno)>,
    /// Whether nothing more is to be seen.
    is_over: bool,
    calls: Vec<Call>,
}

impl Tracer {
    /// Follows all threads to the end of the program.
    fn follow(&mut self) -> Option<i32> {
        loop {
            // Tests run on several threads: each has its own programs.
            let waited = waitpid(Pid::from_raw(-1), Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)).unwrap();
            match waited {
                WaitStatus::Exited(process, status) if process == self.process => return Some(status),
                WaitStatus::Signaled(process, ..) if process == self.process => return None,
                WaitStatus::PtraceSyscall(thread) => {
                    self.at_call(thread);
                    self.go_on(thread, None);
                }
                WaitStatus::PtraceEvent(thread, _, event) => {
                    self.has_begun |= event == Event::PTRACE_EVENT_EXEC as i32;
                    self.go_on(thread, None);
                }
                WaitStatus::Stopped(thread, signal) => self.go_on(thread, Some(signal)),
                _ => {}
            }
        }
    }

    fn at_call(&mut self, thread: Pid) {
        if !self.has_begun || self.is_over {
            return;
        }
        // A thread that is killed meanwhile has no registers.
        let (Ok(info), Ok(registers)) = (ptrace::syscall_info(thread), ptrace::getregs(thread)) else { return };
        if info.op == PTRACE_SYSCALL_INFO_ENTRY {
            self.enter(thread, registers);
        } else if let Some((_, error)) = self.overridden.take_if(|(of, _)| *of == thread) {
            let rax = i64::from(-(error as i32)).cast_unsigned();
            ptrace::setregs(thread, user_regs_struct { rax, ..registers }).unwrap();
            self.is_over = true;
        }
    }

    fn enter(&mut self, thread: Pid, registers: user_regs_struct) {
        let Some(what) = SystemCall::of(registers.orig_rax.cast_signed()) else { return };
        let Some(path) = self.subject(what.subject, arguments(&registers)) else { return };
        let number = self.calls.len();
        let from = what.from.and_then(|from| self.subject(from, arguments(&registers)));
        self.calls.push(Call { what, path, from });
        match self.fault.filter(|&(at, _)| at == number) {
            None => {}
            Some((_, Fault::Error(error))) => {
                // There is no such call: the system does nothing.
                ptrace::setregs(thread, user_regs_struct { orig_rax: u64::MAX, ..registers }).unwrap();
                self.overridden = Some((thread, error));
            }
            Some((_, Fault::Signal(signal))) => {
                kill(self.process, signal).unwrap();
                self.is_over = true;
            }
            Some((_, Fault::Meddle(meddling, file))) => {
                meddling.with(&self.directory.join(file));
                self.is_over = true;
            }
            Some((_, Fault::Short)) => {
                ptrace::setregs(thread, shortened(what, registers)).unwrap();
                self.is_over = true;
            }
        }
    }

    /// Lets a thread run, to its next call if that is to be seen.
    fn go_on(&self, thread: Pid, signal: Option<Signal>) {
        let gone_on = if self.is_over { ptrace::cont(thread, signal) } else { ptrace::syscall(thread, signal) };
        match gone_on {
            // It was killed meanwhile.
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// What a call is about, if it lies below the directory.
    fn subject(&self, subject: Subject, arguments: [u64; 6]) -> Option<PathBuf> {
        let path = match subject {
            Subject::Working => self.directory.clone(),
            Subject::Open(file) => self.opened(arguments[file])?,
            Subject::Path(path) => self.directory.join(self.path_at(arguments[path])),
            Subject::Below(directory, path) => match self.path_at(arguments[path]) {
                path if path.is_absolute() => path,
                path => self.opened(arguments[directory])?.join(path),
            },
        };
        Some(path.strip_prefix(&self.directory).ok()?.components().collect())
    }

    /// What the program has open under a number.
    fn opened(&self, number: u64) -> Option<PathBuf> {
        // The system looks at no more than this of it.
        let number = number as i32;
        if number == nix::libc::AT_FDCWD {
            return Some(self.directory.clone());
        }
        fs::read_link(format!("/proc/{}/fd/{number}", self.process)).ok()
    }

    /// The path that stands in the memory of the program.
    fn path_at(&self, address: u64) -> PathBuf {
        let mut bytes = vec![0; 4096];
        let memory = File::open(format!("/proc/{}/mem", self.process)).unwrap();
        let len = memory.read_at(&mut bytes, address).unwrap_or(0);
        let len = bytes[..len].iter().position(|&byte| byte == 0).unwrap_or(0);
        bytes.truncate(len);
        OsString::from_vec(bytes).into()
    }
}

fn arguments(registers: &user_regs_struct) -> [u64; 6] {
    [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9]
}

/// The same call for one byte.
fn shortened(what: SystemCall, registers: user_regs_struct) -> user_regs_struct {
    let one = |len: u64| len.min(1);
    match what.len {
        Some(2) => user_regs_struct { rdx: one(registers.rdx), ..registers },
        Some(3) => user_regs_struct { r10: one(registers.r10), ..registers },
        Some(4) => user_regs_struct { r8: one(registers.r8), ..registers },
        _ => unreachable!("only what lies in one piece is made shorter"),
    }
}
