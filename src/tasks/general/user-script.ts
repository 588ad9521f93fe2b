import { joinScripts, type Script, sh } from '../../shell/index.js';

export interface UserOptions {
  name: string;
  uid: number | undefined;
  nonUnique: boolean;
  group: string | undefined;
  /** undefined: left alone; empty: none. */
  groups: readonly string[] | undefined;
  append: boolean;
  comment: string | undefined;
  home: string | undefined;
  createHome: boolean;
  moveHome: boolean;
  skeleton: string | undefined;
  shell: string | undefined;
  system: boolean;
  password: string | undefined;
  updatePassword: 'always' | 'on_create';
  passwordLock: boolean | undefined;
  /** The last valid day, YYYY-MM-DD, '' for never; and as days since 1970. */
  expires: { date: string; days: string } | undefined;
  /** Days of the password's life: fields 4 to 7 of /etc/shadow. */
  aging: Readonly<Record<'min' | 'max' | 'warn' | 'inactive', number | undefined>>;
  /** Of a new user's home directory, octal. */
  umask: string | undefined;
  uidMin: number | undefined;
  uidMax: number | undefined;
  /** SELinux user of a new user. */
  seuser: string | undefined;
}

/** In check mode: what earlier tasks of the run would have made of the user. What nobody can know is `?`. */
const foreseenUser = sh`
kp_field() { kp_predicted "user-$1" "$kp_u" || kp_value=$2; }
if [ -n "$kp_check" ]; then
  if kp_predicted user "$kp_u"; then
    case $kp_value in
    absent) kp_exists= ;;
    *) [ -n "$kp_exists" ] || kp_exists=foreseen ;;
    esac
  fi
  kp_field uid "$kp_uid"; kp_uid=$kp_value
  kp_field comment "$kp_comment"; kp_comment=$kp_value
  kp_field home "$kp_home"; kp_home=$kp_value
  kp_field shell "$kp_shell"; kp_shell=$kp_value
fi`;

/** Predicts a user that would be made, with the defaults of useradd. */
const foreseeNew = (user: UserOptions): Script => sh`
kp_predict user "$kp_u" present
kp_predict user-uid "$kp_u" ${user.uid ?? '?'}
kp_predict user-comment "$kp_u" ${user.comment ?? ''}
kp_predict user-home "$kp_u" ${user.home ?? `/home/${user.name}`}
kp_predict user-shell "$kp_u" ${user.shell ?? '?'}
kp_predict user-group "$kp_u" ${user.group ?? user.name}
kp_predict user-groups "$kp_u" ${(user.groups ?? []).join(' ')}
kp_predict user-hash "$kp_u" ${user.password ?? '!'}
kp_predict user-expires "$kp_u" ${user.expires?.days ?? ''}
${user.group === undefined ? sh`kp_predict group "$kp_u" present` : sh``}`;

/** Predicts what a change would make of a user. */
const foreseeChange = (user: UserOptions): Script =>
  joinScripts([
    sh`:`,
    ...(['uid', 'group', 'comment', 'home', 'shell'] as const).map(
      (field) => user[field] !== undefined && sh`kp_predict ${`user-${field}`} "$kp_u" ${user[field]}`,
    ),
    user.groups !== undefined &&
      (user.append
        ? sh`kp_i=$kp_in; for kp_p in ${user.groups}; do case " $kp_in " in *" $kp_p "*) ;; *) kp_i="$kp_i $kp_p" ;; esac; done
kp_predict user-groups "$kp_u" "$kp_i"`
        : sh`kp_predict user-groups "$kp_u" ${user.groups.join(' ')}`),
    user.expires !== undefined && sh`kp_predict user-expires "$kp_u" ${user.expires.days}`,
  ]);

/** Reads what there is of the user and the groups: no process but getent, where a directory service may know more. */
export const readUser = (name: string): Script => sh`
kp_u=${name}
kp_find() {
  kp_line=
  while IFS= read -r kp_i; do case $kp_i in "$kp_u":*) kp_line=$kp_i; break ;; esac; done 2>/dev/null <"$1"
}
kp_find /etc/passwd
[ -n "$kp_line" ] || ! command -v getent >/dev/null 2>&1 || kp_line=$(getent passwd -- "$kp_u")
# Fields may be empty and hold spaces: only a colon splits, and no pattern is expanded.
kp_old=$IFS; IFS=:; set -f
set -- $kp_line
set +f; IFS=$kp_old
kp_uid=$\{3-} kp_gid=$\{4-} kp_comment=$\{5-} kp_home=$\{6-} kp_shell=$\{7-} kp_exists=$\{1:+1}
${foreseenUser}`;

/** The groups that the user is in, but for the primary one, into kp_in (words), and the primary one's name. */
const readGroups = sh`
kp_in= kp_known= kp_primary=
while IFS=: read -r kp_i kp_p kp_w kp_rest; do
  kp_known="$kp_known $kp_i"
  [ "$kp_w" != "$kp_gid" ] || kp_primary=$kp_i
  case ,$kp_rest, in *,"$kp_u",*) kp_in="$kp_in $kp_i" ;; esac
done </etc/group
if [ -n "$kp_check" ]; then
  kp_field groups "$kp_in"; kp_in=$kp_value
  kp_field group "$kp_primary"; kp_primary=$kp_value
fi
kp_group_exists() {
  if kp_predicted group "$1"; then [ "$kp_value" != absent ]; return; fi
  case " $kp_known " in *" $1 "*) return 0 ;; esac
  command -v getent >/dev/null 2>&1 && getent group -- "$1" >/dev/null
}`;

const requireGroups = (names: readonly string[]): Script => sh`
for kp_i in ${names}; do
  kp_group_exists "$kp_i" && continue
  if [ -n "$kp_dry" ]; then kp_unknown "the group $kp_i is not there yet"; return 0; fi
  kp_fail "Group $kp_i does not exist"
  return 1
done`;

const option = (flag: string, value: string | number | undefined): (string | number)[] =>
  value === undefined ? [] : [flag, value];

function addUser(user: UserOptions): Script {
  const groups = user.groups !== undefined && user.groups.length > 0 ? user.groups.join(',') : undefined;
  const useradd = [
    ...option('-u', user.uid),
    ...(user.uid !== undefined && user.nonUnique ? ['-o'] : []),
    ...option('-g', user.group),
    ...option('-G', groups),
    ...option('-c', user.comment),
    ...option('-d', user.home),
    ...option('-s', user.shell),
    ...option('-e', user.expires?.date),
    ...(user.system ? ['-r'] : []),
    ...(user.umask === undefined ? [] : ['-K', `UMASK=${user.umask}`]),
    ...(user.uidMin === undefined ? [] : ['-K', `UID_MIN=${user.uidMin}`]),
    ...(user.uidMax === undefined ? [] : ['-K', `UID_MAX=${user.uidMax}`]),
    ...option('-Z', user.seuser),
    ...(user.createHome ? ['-m'] : ['-M']),
    ...(user.createHome ? option('-k', user.skeleton) : []),
  ];
  const adduser = [
    '-D',
    ...option('-u', user.uid),
    ...option('-G', user.group),
    ...option('-g', user.comment),
    ...option('-h', user.home),
    ...option('-s', user.shell),
    ...(user.system ? ['-S'] : []),
    ...(user.createHome ? [] : ['-H']),
  ];
  return sh`
if command -v useradd >/dev/null 2>&1; then
  kp_n_flag=
  if [ -z ${user.group !== undefined} ] && kp_group_exists "$kp_u"; then kp_n_flag=-N; fi
  kp_try useradd $kp_n_flag ${useradd} "$kp_u" || return 1
elif command -v adduser >/dev/null 2>&1; then
  kp_try adduser ${adduser} "$kp_u" || return 1
  for kp_i in ${user.groups ?? []}; do kp_try addgroup "$kp_u" "$kp_i" || return 1; done
else
  kp_fail 'neither useradd nor adduser is installed'
  return 1
fi`;
}

/** Compares what is there and collects the options of one usermod in "$@". */
function changeUser(user: UserOptions): Script {
  return joinScripts([
    sh`set --`,
    user.uid !== undefined &&
      sh`
if [ "$kp_uid" != ${user.uid} ]; then
  kp_set before_uid "$kp_uid"
  set -- "$@" -u ${user.uid} ${user.nonUnique ? ['-o'] : []}
fi`,
    user.group !== undefined &&
      sh`
if [ "$kp_gid" != ${user.group} ] && [ "$kp_primary" != ${user.group} ]; then
  kp_set before_group "$kp_primary"
  set -- "$@" -g ${user.group}
fi`,
    user.comment !== undefined &&
      sh`
if [ "$kp_comment" != ${user.comment} ]; then
  kp_set before_comment "$kp_comment"
  set -- "$@" -c ${user.comment}
fi`,
    user.home !== undefined &&
      sh`
if [ "$kp_home" != ${user.home} ]; then
  kp_set before_home "$kp_home"
  set -- "$@" -d ${user.home} ${user.moveHome ? ['-m'] : []}
fi`,
    user.shell !== undefined &&
      sh`
if [ "$kp_shell" != ${user.shell} ]; then
  kp_set before_shell "$kp_shell"
  set -- "$@" -s ${user.shell}
fi`,
    user.groups !== undefined &&
      sh`
kp_add= kp_gone=
for kp_i in ${user.groups}; do
  case " $kp_in " in *" $kp_i "*) ;; *) [ "$kp_i" = "$kp_primary" ] || kp_add=$kp_add,$kp_i ;; esac
done
if [ -z ${user.append} ]; then
  for kp_i in $kp_in; do
    case ${`,${user.groups.join(',')},`} in *,"$kp_i",*) ;; *) [ "$kp_i" = "$kp_primary" ] || kp_gone=1 ;; esac
  done
fi
if [ -n "$kp_add$kp_gone" ]; then
  kp_set before_groups "$kp_in"
  if kp_has usermod; then
    if [ -n ${user.append} ]; then set -- "$@" -a -G "$\{kp_add#,}"; else set -- "$@" -G ${user.groups.join(',')}; fi
  elif kp_apply; then
    # busybox has no usermod; its addgroup and delgroup know members.
    for kp_i in ${user.groups}; do
      case $kp_add, in *,"$kp_i",*) kp_try addgroup "$kp_u" "$kp_i" || return 1 ;; esac
    done
    for kp_i in ${user.append ? sh`` : sh`$kp_in`}; do
      case ${`,${user.groups.join(',')},`} in *,"$kp_i",*) ;; *) [ "$kp_i" = "$kp_primary" ] || kp_try delgroup "$kp_u" "$kp_i" || return 1 ;; esac
    done
  else
    ${foreseeChange(user)}
  fi
fi`,
    user.expires !== undefined &&
      sh`
kp_shadow
if [ "$kp_expires" != ${user.expires.days} ]; then
  kp_set before_expires "$kp_expires"
  set -- "$@" -e ${user.expires.date}
fi`,
    sh`
if [ "$#" -gt 0 ]; then
  kp_has usermod || { kp_fail 'usermod is needed to change a user in more than groups and password (package shadow)'; return 1; }
  if ! kp_apply; then
    ${foreseeChange(user)}
  else
    kp_try usermod "$@" "$kp_u" || return 1
  fi
fi`,
  ]);
}

/** The home directory of a user that exists without one. */
const makeHome = (user: UserOptions): Script => sh`
if [ "$kp_exists" != foreseen ] && [ -n "$kp_home" ] && [ "$kp_home" != / ] && [ ! -d "$kp_home" ] && kp_apply; then
  kp_read /etc/login.defs
  kp_try cp -r -- ${user.skeleton ?? '/etc/skel'} "$kp_home" 2>/dev/null || kp_try mkdir -p -- "$kp_home" || return 1
  kp_failure=
  kp_try chown -R -- "$kp_uid:$kp_gid" "$kp_home" && kp_try chmod 0755 -- "$kp_home" || return 1
fi`;

const chageOptions = { min: '-m', max: '-M', warn: '-W', inactive: '-I' } as const;

/** Compares fields 4 to 7 of /etc/shadow with the days that are asked for. */
const passwordAging = (aging: UserOptions['aging']): Script => sh`
kp_find /etc/shadow
kp_old=$IFS; IFS=:; set -f
set -- $kp_line
set +f; IFS=$kp_old
kp_min=$\{4-} kp_max=$\{5-} kp_warn=$\{6-} kp_inactive=$\{7-}
set --
${joinScripts(
  (['min', 'max', 'warn', 'inactive'] as const).map((name) => {
    const now = { min: sh`"$kp_min"`, max: sh`"$kp_max"`, warn: sh`"$kp_warn"`, inactive: sh`"$kp_inactive"` }[name];
    return (
      aging[name] !== undefined &&
      sh`
kp_value=${now}
[ -z "$kp_check" ] || kp_field ${name} ${now}
if [ "$kp_value" != ${aging[name]} ]; then
  kp_set ${`before_password_${name}`} "$kp_value"
  set -- "$@" ${chageOptions[name]} ${aging[name]}
  [ -z "$kp_check" ] || kp_predict ${`user-${name}`} "$kp_u" ${aging[name]}
fi`
    );
  }),
)}
if [ "$#" -gt 0 ] && kp_apply; then
  command -v chage >/dev/null 2>&1 || { kp_fail 'chage is needed for the days of a password (package passwd or shadow)'; return 1; }
  kp_try chage "$@" "$kp_u" || return 1
fi`;

/** Whole program for a user that is to be there; kp_uid and so on hold what it is afterwards. */
export function presentUser(user: UserOptions): Script {
  const hasPassword = user.password !== undefined;
  return joinScripts([
    readUser(user.name),
    readGroups,
    sh`
kp_shadow() {
  kp_find /etc/shadow
  kp_hash=$\{kp_line#*:}
  kp_hash=$\{kp_hash%%:*}
  kp_expires=$\{kp_line#*:*:*:*:*:*:*:}
  kp_expires=$\{kp_expires%%:*}
  if [ -n "$kp_check" ]; then
    kp_field hash "$kp_hash"; kp_hash=$kp_value
    kp_field expires "$kp_expires"; kp_expires=$kp_value
  fi
}
# The hash reaches chpasswd through its standard input: an argument could be seen by everybody.
kp_password() { printf '%s:%s\n' "$kp_u" "$1" | chpasswd -e; }
`,
    user.group !== undefined && requireGroups([user.group]),
    user.groups !== undefined && requireGroups(user.groups),
    sh`
if [ -z "$kp_exists" ]; then
  kp_set created 1
  if ! kp_apply; then
    ${foreseeNew(user)}
    kp_exists=foreseen
    return 0
  fi
  ${addUser(user)}
  ${hasPassword ? sh`kp_try kp_password ${user.password} || return 1` : sh`:`}
  ${readUser(user.name)}
else
  ${changeUser(user)}
  ${
    hasPassword && user.updatePassword === 'always'
      ? sh`
  kp_shadow
  if [ "$\{kp_hash#!}" != ${user.password} ] && [ "$kp_hash" != ${user.password} ]; then
    kp_set before_password 1
    if kp_apply; then kp_try kp_password ${user.password} || return 1
    else kp_predict user-hash "$kp_u" ${user.password}
    fi
  fi`
      : sh`:`
  }
  ${user.createHome ? makeHome(user) : sh`:`}
fi`,
    Object.values(user.aging).some((days) => days !== undefined) && passwordAging(user.aging),
    user.passwordLock !== undefined &&
      sh`
kp_shadow
case $kp_hash in '!'*) kp_i=1 ;; *) kp_i= ;; esac
if [ "$kp_i" != ${user.passwordLock} ]; then
  kp_set before_lock "$kp_i"
  if kp_apply; then
    if ! kp_has usermod; then
      if [ -n ${user.passwordLock} ]; then kp_try kp_password "!$kp_hash" || return 1; else kp_try kp_password "$\{kp_hash#!}" || return 1; fi
    elif [ -n ${user.passwordLock} ]; then kp_try usermod -L "$kp_u" || return 1; else kp_try usermod -U "$kp_u" || return 1; fi
  fi
fi`,
  ]);
}

/** Removes the user; with `remove` also the home directory and mail, with `force` even while logged in. */
export const absentUser = (name: string, remove: boolean, force: boolean): Script => sh`
${readUser(name)}
[ -n "$kp_exists" ] || return 0
kp_apply || { kp_predict user "$kp_u" absent; return 0; }
if command -v userdel >/dev/null 2>&1; then
  kp_try userdel ${remove ? ['-r'] : []} ${force ? ['-f'] : []} "$kp_u" && return 0
  # 12: the user is gone, but the mail spool or home could not be removed because it is not there.
  [ "$kp_rc" = 12 ] && kp_failure= && return 0
  return 1
fi
kp_try deluser ${remove ? ['--remove-home'] : []} "$kp_u"`;
