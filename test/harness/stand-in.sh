#!/bin/sh -e
# Makes a stand-in for the host in new namespaces, and keeps it until the standard input ends.
# From the environment: folder, an empty directory; trees, where cgroups are mounted; group, a name
# for a cgroup in each. With a checkout it is a machine to type at, which also has its own
# process ids, /tmp, home and copy of the checkout, all in memory; node is the program that it has,
# and user, if not empty, the id of an ordinary user who may use sudo. rootfs, if not empty, takes
# the place of rootfs/busybox.

outside() {
  own_groups
  [ -z "$rootfs" ] || mount --bind "$rootfs" "${0%/*}"/../../rootfs/busybox
  [ -n "$checkout" ] || exec unshare --net --uts --ipc "$0" inside
  mount -t tmpfs -o size=256m,mode=755 stand-in "$folder"
  cd "$folder"
  mkdir upper work home bin mnt etc containers
  writable_checkout
  # Everybody may execute Node here, even if it lies in a private home.
  touch bin/node
  mount --bind "$node" bin/node
  own_cgroup_namespace
}

own_groups() {
  for tree in $trees; do
    [ -d "$tree" ] || continue
    for old in "$tree"/tests-*; do
      # The name ends with the pid of the program that made it: it is gone, and removed nothing.
      [ -d "/proc/${old##*-}" ] || rmdir "$old"/* "$old" 2> /dev/null || true
    done
    mkdir "$tree/$group"
    # Together its containers get as much CPU time as each of them would get alone.
    [ ! -e "$tree/$group"/cpu.shares ] || echo 262144 > "$tree/$group"/cpu.shares
    [ ! -e "$tree/$group"/cpu.weight ] || echo 10000 > "$tree/$group"/cpu.weight
  done
}

# What is written or removed is so in memory only, and there is no learner's program yet.
# The checkout is `.`, because a colon in its path would have a meaning.
writable_checkout() {
  (
    cd "$checkout"
    mount -t overlay -o "lowerdir=.,upperdir=$folder/upper,workdir=$folder/work" overlay \
      "$folder"/containers
  )
  rm -rf containers/my-container
  [ -z "$user" ] || chown "$user:$user" containers home
}

# The cgroup in which a process makes a cgroup namespace becomes the namespace's root. The way back,
# which cgroup v2 needs, is opened before: the namespace may refuse it.
own_cgroup_namespace() {
  export before=
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    before=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cgroup.procs
    exec 9> "$before"
  fi
  for tree in $trees; do echo $$ > "$tree/$group"/cgroup.procs; done
  exec unshare --cgroup "$0" between
}

# A group that gives controllers to its children may have no process in it.
between() {
  [ -z "$before" ] || echo 0 >&9
  exec unshare --net --uts --ipc --pid --fork --kill-child "$0" inside 9>&-
}

inside() {
  cd "$folder"
  # A small system has no ip; the rootfs has busybox's.
  if command -v ip > /dev/null; then
    ip link set lo up
  else
    "${0%/*}"/../../rootfs/busybox/bin/busybox ip link set lo up
  fi
  # A new network begins with the settings of the machine's, where a container may run right now.
  for file in ip_forward conf/default/forwarding conf/lo/forwarding; do
    echo 0 2> /dev/null > "/proc/sys/net/ipv4/$file" || true
  done
  if [ -n "$checkout" ]; then
    mount -t proc proc /proc
    own_name
    [ -z "$user" ] || ordinary_user
    own_sys "$folder"/mnt
    own_tmp
    own_netns
    mount --make-rshared /
    echo ready
    # A shell that waits also reaps orphans, which become its children.
    cat > /dev/null
    exit 0
  fi
  own_sys "$folder"
  own_nameserver
  echo ready
  exec cat > /dev/null
}

# /sys shows the network namespace in which it was mounted. The cgroups below it stay.
own_sys() {
  cd /
  mount --rbind /sys/fs/cgroup "$1"
  mount -t sysfs sysfs /sys
  mount --rbind "$1" /sys/fs/cgroup
  umount --recursive "$1"
  for tree in $trees; do [ ! -d "$tree" ] || mount --bind "$tree/$group" "$tree"; done
  cd "$folder"
}

# One that nobody else names, and nobody asks.
own_nameserver() {
  [ -e /etc/resolv.conf ] || return 0
  echo nameserver 192.0.2.53 > resolv.conf # TEST-NET-1
  mount --bind resolv.conf /etc/resolv.conf
}

# What is written to /tmp is so in memory only: two machines may have files of the same name.
# This folder is most often in /tmp too, and stays.
own_tmp() {
  mkdir -m 1777 upper-tmp
  mkdir work-tmp tmp
  mount -t overlay -o "lowerdir=/tmp,upperdir=$folder/upper-tmp,workdir=$folder/work-tmp" \
    overlay tmp
  case $folder in /tmp/*) mount --rbind "$folder" "tmp/${folder#/tmp/}" ;; esac
  mount --rbind tmp /tmp
}

# `ip netns add` leaves a file here, which others would see.
own_netns() {
  mkdir -p /run/netns
  mount -t tmpfs -o mode=755 stand-in /run/netns
}

# sudo looks up the name of its host, and there is no network to ask.
own_name() {
  { cat /etc/hosts; echo; echo "127.0.1.1 $(hostname)"; } > etc/hosts
  mount --bind etc/hosts /etc/hosts
  command -v sudo > /dev/null || sudo_for_root
}

sudo_for_root() {
  printf '#!/bin/sh\nexec "$@"\n' > bin/sudo
  chmod 755 bin/sudo
}

ordinary_user() {
  add passwd "you:x:$user:$user::$folder/home:/bin/sh"
  add group "you:x:$user:"
  add shadow "you:*:19000:0:99999:7:::"
  mkdir -m 750 etc/sudoers.d
  echo 'you ALL=(ALL) NOPASSWD: ALL' > etc/sudoers.d/you
  chmod 440 etc/sudoers.d/you
  mount --bind etc/sudoers.d /etc/sudoers.d
}

# Adds a line to a file of /etc, in here only.
add() {
  [ -e "/etc/$1" ] || return 0
  cp -p "/etc/$1" "etc/$1"
  echo "$2" >> "etc/$1"
  mount --bind "etc/$1" "/etc/$1"
}

"$1"
