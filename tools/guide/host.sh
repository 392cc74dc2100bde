#!/bin/sh -e
# Makes a host to be played on, in namespaces of its own, and keeps it until the standard input ends.
# Takes from the environment: folder, an empty directory; checkout; group, a name for cgroups; trees, where these are
# mounted; node, the program; user, the id of an ordinary user who may use sudo, or nothing.

outside() {
  mount -t tmpfs -o size=256m,mode=755 guide "$folder"
  cd "$folder"
  mkdir upper work home bin mnt etc containers
  writable_checkout
  own_cgroups
  # Where everybody may execute it, also if it lies in somebody's home.
  touch bin/node
  mount --bind "$node" bin/node
  exec unshare --cgroup "$0" between
}

# A group that gives controllers to others may have no process in it.
between() {
  [ -z "$before" ] || echo 0 >&9
  exec unshare --net --uts --ipc --pid --fork --kill-child "$0" inside 9>&-
}

# What is written or removed is so in memory alone, and there is no program of a learner's yet.
# The checkout is `.`, because a colon in its path would have a meaning of its own.
writable_checkout() {
  (cd "$checkout" && mount -t overlay -o "lowerdir=.,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder"/containers)
  rm -rf containers/my-container
  [ -z "$user" ] || chown "$user:$user" containers home
}

# The root of a cgroup namespace is where the process that makes it is at that moment. The way back, needed for
# cgroup v2, is opened before: from inside the namespace it may be refused.
own_cgroups() {
  before=
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    before=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cgroup.procs
    exec 9> "$before"
  fi
  for tree in $trees; do
    for old in "$tree"/guide-*; do
      [ -d "/proc/${old##*-}" ] || rmdir "$old"/* "$old" 2> /dev/null || true
    done
    [ ! -e "$tree"/cgroup.controllers ] || echo '+memory +pids +cpu' > "$tree"/cgroup.subtree_control || true
    mkdir "$tree/$group"
    echo $$ > "$tree/$group"/cgroup.procs
  done
  export before
}

inside() {
  cd "$folder"
  ip link set lo up
  mount -t proc proc /proc
  name_of_its_own
  [ -z "$user" ] || ordinary_user
  # /sys shows the network namespace in which it was mounted; the cgroups below it are kept.
  mount --rbind /sys/fs/cgroup mnt
  mount -t sysfs sysfs /sys
  mount --rbind mnt /sys/fs/cgroup
  umount --recursive mnt
  for tree in $trees; do mount --bind "$tree/$group" "$tree"; done
  own_tmp
  mount --make-rshared /
  echo ready
  # A shell that waits also takes care of orphans, which become its children.
  cat > /dev/null
  exit 0
}

# What is written to /tmp is so in memory alone: two machines with a file of the same name have nothing to do with each
# other. This folder lies there as well, most often, and is kept.
own_tmp() {
  mkdir -m 1777 upper-tmp
  mkdir work-tmp tmp
  mount -t overlay -o "lowerdir=/tmp,upperdir=$folder/upper-tmp,workdir=$folder/work-tmp" overlay tmp
  case $folder in /tmp/*) mount --rbind "$folder" "tmp/${folder#/tmp/}" ;; esac
  mount --rbind tmp /tmp
}

# sudo looks up the name of its host, and there is no network to ask.
name_of_its_own() {
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

# A line more in a file of /etc, for those in here.
add() {
  [ -e "/etc/$1" ] || return 0
  cp -p "/etc/$1" "etc/$1"
  echo "$2" >> "etc/$1"
  mount --bind "etc/$1" "/etc/$1"
}

"$1"
