// What step 06 does, in Go with only its standard library: `npm run bench` compares the steps with it.
//
//	go run main.go run COMMAND [ARGUMENT...]
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

var environment = []string{
	"HOME=/root",
	"PATH=" + path,
	"PS1=container:$PWD# ",
	"TERM=" + os.Getenv("TERM"),
}

func main() {
	if len(os.Args) < 3 {
		fail(2, errors.New("usage: main run COMMAND [ARGUMENT...]"))
	}
	switch verb, argv := os.Args[1], os.Args[2:]; verb {
	case "run":
		run(argv)
	case "child":
		child(argv)
	default:
		fail(2, fmt.Errorf("no verb %q", verb))
	}
}

// On the host: starts the child in new namespaces and exits with its status.
func run(argv []string) {
	command := exec.Command("/proc/self/exe", append([]string{"child"}, argv...)...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
		Pdeathsig:  syscall.SIGKILL,
	}
	err := command.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		os.Exit(ended.ExitCode())
	}
	check(err)
}

// In the container: sets everything up, then becomes the command.
func child(argv []string) {
	check(syscall.Sethostname([]byte("container")))
	mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")

	rootfs := os.Getenv("ROOTFS")
	mount(rootfs, rootfs, "", syscall.MS_BIND|syscall.MS_REC, "")
	check(os.Chdir(rootfs))
	check(syscall.PivotRoot(".", "."))
	mount("proc", "/proc", "proc", closed, "")
	mount("thing", "/mytemp", "tmpfs", 0, "")
	mount("sysfs", "/sys", "sysfs", closed|syscall.MS_RDONLY, "")
	makeDev()
	check(syscall.Unmount(".", syscall.MNT_DETACH))
	check(os.Chdir("/"))

	check(os.Setenv("PATH", path))
	file, err := exec.LookPath(argv[0])
	check(err)
	check(syscall.Exec(file, argv, environment))
}

const closed = syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC

func makeDev() {
	mount("dev", "/dev", "tmpfs", syscall.MS_NOSUID|syscall.MS_NOEXEC, "mode=755,size=64k")
	syscall.Umask(0)
	for name, device := range map[string]int{
		"null": 0x103, "zero": 0x105, "full": 0x107, "random": 0x108, "urandom": 0x109, "tty": 0x500,
	} {
		check(syscall.Mknod(filepath.Join("/dev", name), syscall.S_IFCHR|0o666, device))
	}
	syscall.Umask(0o022)

	check(os.Mkdir("/dev/pts", 0o755))
	mount("devpts", "/dev/pts", "devpts", syscall.MS_NOSUID|syscall.MS_NOEXEC, "newinstance,mode=620,ptmxmode=666")
	check(os.Symlink("pts/ptmx", "/dev/ptmx"))
	check(os.Mkdir("/dev/shm", 0o755))
	mount("shm", "/dev/shm", "tmpfs", closed, "mode=1777,size=64m")
	check(os.Symlink("/proc/self/fd", "/dev/fd"))
	for fd, name := range []string{"stdin", "stdout", "stderr"} {
		check(os.Symlink(fmt.Sprintf("/proc/self/fd/%d", fd), filepath.Join("/dev", name)))
	}
}

func mount(source, target, kind string, flags uintptr, data string) {
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		fail(1, fmt.Errorf("mount %s: %w", target, err))
	}
}

func check(err error) {
	if err != nil {
		fail(1, err)
	}
}

func fail(status int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(status)
}
