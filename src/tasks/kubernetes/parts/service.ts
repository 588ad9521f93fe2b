import { type Script, sh } from '../../../shell/index.js';

/** kp_k_service UNIT RESTART: enabled and running; restarted where RESTART is not empty. */
export const serviceFunctions: Script = sh`
kp_k_service() {
  kp_k_state= kp_k_enabled=
  if [ -n "$kp_check" ] && kp_predicted service "$1"; then
    case " $kp_value " in *' started '*) kp_k_state=active ;; esac
    case " $kp_value " in *' enabled '*) kp_k_enabled=enabled ;; esac
  else
    kp_k_enabled=$(systemctl is-enabled "$1" 2>/dev/null)
    kp_k_state=$(systemctl is-active "$1" 2>/dev/null)
  fi
  case $kp_k_enabled in
  enabled | enabled-runtime | static | indirect | generated | alias) ;;
  *) if kp_apply; then kp_try systemctl enable "$1" || return 1; fi ;;
  esac
  if [ "$kp_k_state" != active ]; then
    if kp_apply; then kp_try systemctl restart "$1" || return 1; fi
  elif [ -n "$2" ]; then
    if kp_apply; then kp_try systemctl restart "$1" || return 1; fi
  fi
  [ -z "$kp_check" ] || kp_predict service "$1" 'started enabled'
}
`;
