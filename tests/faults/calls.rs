//! The system calls that concern files, and what can go wrong with each of them.

use nix::errno::Errno;
use nix::libc::{self, c_long};
use nix::sys::signal::Signal;

use crate::meddled::Meddling;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Look,
    List,
    Read,
    Write,
    Seek,
    Map,
    Dress,
    MakeDirectory,
    Link,
    Rename,
    Remove,
    Sync,
}

/// Which argument of a call says what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A path.
    Path(usize),
    /// A path below a directory that is held open.
    Below(usize, usize),
    /// A file that is held open.
    Open(usize),
    /// The working directory.
    Working,
}

/// A system call that concerns files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SystemCall {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) subject: Subject,
    /// What it gives another name.
    pub(crate) from: Option<Subject>,
    /// The argument that says how many bytes, or pieces of memory, are to be read or written.
    pub(crate) len: Option<usize>,
}

/// What happens instead of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails.
    Error(Errno),
    /// It reads or writes only the first of the bytes.
    Short,
    /// A signal comes before it.
    Signal(Signal),
    /// Another program changes a file before it.
    Meddle(Meddling, &'static str),
}

impl Fault {
    /// Whether a program must go on as if nothing had happened.
    pub(crate) fn is_harmless(self) -> bool {
        matches!(self, Self::Short | Self::Error(Errno::EINTR))
    }
}

impl SystemCall {
    /// The call that has a number, if it concerns files.
    #[rustfmt::skip]
    pub(crate) fn of(number: c_long) -> Option<Self> {
        use Kind::{Dress, Link, List, Look, MakeDirectory, Map, Open, Read, Remove, Rename, Seek, Sync, Write};
        use Subject::{Below, Path, Working};
        let of = |name, kind, subject| Some(Self { name, kind, subject, from: None, len: None });
        let moving = |name, kind, len| Some(Self { name, kind, subject: Subject::Open(0), from: None, len });
        let naming = |name, kind, from, subject| Some(Self { name, kind, subject, from: Some(from), len: None });
        match number {
            libc::SYS_open => of("open", Open, Path(0)),
            libc::SYS_creat => of("creat", Open, Path(0)),
            libc::SYS_openat => of("openat", Open, Below(0, 1)),
            libc::SYS_openat2 => of("openat2", Open, Below(0, 1)),
            libc::SYS_stat => of("stat", Look, Path(0)),
            libc::SYS_lstat => of("lstat", Look, Path(0)),
            libc::SYS_fstat => of("fstat", Look, Subject::Open(0)),
            libc::SYS_newfstatat => of("newfstatat", Look, Below(0, 1)),
            libc::SYS_statx => of("statx", Look, Below(0, 1)),
            libc::SYS_access => of("access", Look, Path(0)),
            libc::SYS_faccessat => of("faccessat", Look, Below(0, 1)),
            libc::SYS_faccessat2 => of("faccessat2", Look, Below(0, 1)),
            libc::SYS_readlink => of("readlink", Look, Path(0)),
            libc::SYS_readlinkat => of("readlinkat", Look, Below(0, 1)),
            libc::SYS_getcwd => of("getcwd", Look, Working),
            libc::SYS_getdents64 => of("getdents64", List, Subject::Open(0)),
            libc::SYS_read => moving("read", Read, Some(2)),
            libc::SYS_pread64 => moving("pread64", Read, Some(2)),
            libc::SYS_readv => moving("readv", Read, Some(2)),
            libc::SYS_preadv => moving("preadv", Read, None),
            libc::SYS_preadv2 => moving("preadv2", Read, None),
            libc::SYS_write => moving("write", Write, Some(2)),
            libc::SYS_pwrite64 => moving("pwrite64", Write, Some(2)),
            libc::SYS_writev => moving("writev", Write, Some(2)),
            libc::SYS_pwritev => moving("pwritev", Write, None),
            libc::SYS_pwritev2 => moving("pwritev2", Write, None),
            libc::SYS_copy_file_range => moving("copy_file_range", Write, Some(4)),
            libc::SYS_sendfile => moving("sendfile", Write, Some(3)),
            libc::SYS_lseek => of("lseek", Seek, Subject::Open(0)),
            libc::SYS_mmap => of("mmap", Map, Subject::Open(4)),
            libc::SYS_ftruncate => of("ftruncate", Write, Subject::Open(0)),
            libc::SYS_fallocate => of("fallocate", Write, Subject::Open(0)),
            libc::SYS_fchmod => of("fchmod", Dress, Subject::Open(0)),
            libc::SYS_fchown => of("fchown", Dress, Subject::Open(0)),
            libc::SYS_chmod => of("chmod", Dress, Path(0)),
            libc::SYS_chown => of("chown", Dress, Path(0)),
            libc::SYS_fchmodat => of("fchmodat", Dress, Below(0, 1)),
            libc::SYS_fchownat => of("fchownat", Dress, Below(0, 1)),
            libc::SYS_utimensat => of("utimensat", Dress, Below(0, 1)),
            libc::SYS_fsetxattr => of("fsetxattr", Dress, Subject::Open(0)),
            libc::SYS_mkdir => of("mkdir", MakeDirectory, Path(0)),
            libc::SYS_mkdirat => of("mkdirat", MakeDirectory, Below(0, 1)),
            libc::SYS_link => naming("link", Link, Path(0), Path(1)),
            libc::SYS_linkat => naming("linkat", Link, Below(0, 1), Below(2, 3)),
            libc::SYS_symlinkat => of("symlinkat", Link, Below(1, 2)),
            libc::SYS_rename => naming("rename", Rename, Path(0), Path(1)),
            libc::SYS_renameat => naming("renameat", Rename, Below(0, 1), Below(2, 3)),
            libc::SYS_renameat2 => naming("renameat2", Rename, Below(0, 1), Below(2, 3)),
            libc::SYS_unlink => of("unlink", Remove, Path(0)),
            libc::SYS_unlinkat => of("unlinkat", Remove, Below(0, 1)),
            libc::SYS_rmdir => of("rmdir", Remove, Path(0)),
            libc::SYS_fsync => of("fsync", Sync, Subject::Open(0)),
            libc::SYS_fdatasync => of("fdatasync", Sync, Subject::Open(0)),
            libc::SYS_syncfs => of("syncfs", Sync, Subject::Open(0)),
            _ => None,
        }
    }

    /// Whether it may change what is on the disk.
    pub(crate) fn changes_files(self) -> bool {
        !matches!(self.kind, Kind::Look | Kind::List | Kind::Read | Kind::Seek | Kind::Map)
    }

    /// What can go wrong with it.
    pub(crate) fn faults(self) -> Vec<Fault> {
        let errors: &[Errno] = match self.kind {
            Kind::Open => &[Errno::EACCES, Errno::EIO, Errno::ENOSPC, Errno::EINTR],
            Kind::Look => &[Errno::EIO],
            Kind::List | Kind::Seek => &[Errno::EIO],
            Kind::Read => &[Errno::EIO, Errno::EINTR],
            Kind::Write => &[Errno::EIO, Errno::ENOSPC, Errno::EINTR],
            Kind::Map => &[Errno::ENODEV, Errno::ENOMEM],
            Kind::Dress => &[Errno::EPERM, Errno::EIO],
            Kind::MakeDirectory | Kind::Rename => &[Errno::EACCES, Errno::EIO, Errno::ENOSPC],
            Kind::Link => &[Errno::EXDEV, Errno::EIO, Errno::ENOSPC],
            Kind::Remove => &[Errno::EIO],
            Kind::Sync => &[Errno::EIO, Errno::ENOSPC],
        };
        errors.iter().copied().map(Fault::Error).chain(self.len.map(|_| Fault::Short)).collect()
    }
}
